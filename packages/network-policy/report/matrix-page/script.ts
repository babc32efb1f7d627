/**
 * Sorts the table, filters matrix, graph and table by the rows' data attributes, and shows a chosen cell beside the
 * matrix. Without it each cell leads to its row, and everything is there in the matrix's order.
 */
export const matrixScript = `
'use strict';
const table = document.getElementById('flows');
const body = table.tBodies[0];
const rows = [...body.rows];
const heads = [...table.tHead.rows[0].cells];
const form = document.getElementById('filter');
const shown = document.getElementById('shown');
const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const compare = new Intl.Collator('en', { numeric: true }).compare;
const keyOf = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent;

function sortBy(column) {
  const direction = heads[column].getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
  const sign = direction === 'ascending' ? 1 : -1;
  rows.sort((a, b) => sign * compare(keyOf(a, column), keyOf(b, column)));
  body.append(...rows);
  for (const [index, head] of heads.entries()) {
    if (index === column) head.setAttribute('aria-sort', direction);
    else head.removeAttribute('aria-sort');
  }
}

const gridRows = [...document.querySelectorAll('.grid tbody tr')];
const links = [...document.querySelectorAll('.grid td a')];
const edges = [...document.querySelectorAll('.graph .edge')];
const rowOf = (link) => document.getElementById(link.hash.slice(1));

function filter() {
  const asked = new FormData(form);
  const wanted = String(asked.get('words')).toLowerCase().split(/\\s+/);
  const same = ['verdict', 'observed'].filter((name) => asked.get(name) !== '');
  const among = [['pod', 'pods'], ['rule', 'rules']].filter(([name]) => asked.get(name) !== '');
  let count = 0;
  for (const row of rows) {
    const fits =
      same.every((name) => row.dataset[name] === asked.get(name)) &&
      among.every(([name, key]) => row.dataset[key].split(' ').includes(asked.get(name)));
    row.hidden = !fits || !wanted.every((word) => words.get(row).includes(word));
    count += row.hidden ? 0 : 1;
  }
  for (const link of links) link.parentElement.classList.toggle('out', rowOf(link).hidden);
  for (const row of gridRows) row.hidden = count > 0 && row.querySelector('td:not(.out):not(.none)') === null;
  for (const edge of edges) {
    const flows = edge.dataset.flows.split(' ').map((index) => document.getElementById('f' + index));
    edge.classList.toggle('out', flows.every((row) => row.hidden));
  }
  shown.textContent = count + ' of ' + rows.length + ' flows';
}

const cell = document.getElementById('cell');
let chosen;

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

function choose(link) {
  const row = rowOf(link);
  const [verdict, source, target, by, declared, computed, observed, , rules] = row.cells;
  const text = (from) => from.firstChild.textContent;
  const parts = (part) => [...rules.querySelectorAll('[data-part=' + part + ']')].map((item) => item.textContent);
  const controls = parts('control');
  const told = [
    ...parts('finding').map((what) => ['Finding', what]),
    ['Contract', declared.textContent + ': ' + text(rules)],
    ['NetworkPolicy objects', computed.textContent, parts('object')],
    ['Probe', parts('probe').join().replace(/^probe: /, '')],
    ['Controls', controls.length === 0 ? 'none' : '', controls],
    ['Verdict', verdict.textContent],
  ];
  const list = element('dl');
  for (const [name, said, items = []] of told) {
    const value = element('dd', said);
    if (items.length > 0) value.append(element('ul', ...items.map((item) => element('li', item))));
    list.append(element('dt', name), value);
  }
  const way = element('a', 'Its row in the table');
  way.href = link.hash;
  const title = text(source) + ' \\u2192 ' + text(target) + ' (' + by.textContent + ')';
  cell.replaceChildren(element('h3', title), list, way);
  cell.classList.toggle('FAIL', row.dataset.verdict === 'FAIL');
  cell.hidden = false;
  chosen?.classList.remove('chosen');
  chosen = link.parentElement;
  chosen.classList.add('chosen');
  cell.scrollIntoView({ block: 'nearest' });
}

/** One stop for the Tab key: arrows move from there. */
function focusCell(link) {
  for (const each of links) each.tabIndex = each === link ? 0 : -1;
}

const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
function move(event) {
  const step = steps[event.key];
  if (step === undefined) return;
  let at = event.currentTarget.parentElement;
  do {
    const column = at.cellIndex;
    let row = at.parentElement;
    if (step[0] !== 0) row = step[0] > 0 ? row.nextElementSibling : row.previousElementSibling;
    at = row?.cells[column + step[1]];
  } while (at && (at.offsetParent === null || at.classList.contains('out') || at.querySelector('a') === null) && at.tagName === 'TD');
  const link = at?.querySelector('a');
  event.preventDefault();
  if (link) {
    focusCell(link);
    link.focus();
  }
}

for (const link of links) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    focusCell(link);
    choose(link);
  });
  link.addEventListener('keydown', move);
}
if (links.length > 0) focusCell(links[0]);
for (const [column, head] of heads.entries()) {
  head.querySelector('button').addEventListener('click', () => sortBy(column));
}
document.getElementById('how').hidden = false;
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => requestAnimationFrame(filter));
form.hidden = false;
filter();
`;
