/**
 * What the page does by itself: sorts by the button in a column's head, filters by words and by choice. Rows carry what
 * they are sorted and filtered by in data attributes. Without it the page shows everything, in the matrix's order.
 */
export const script = `
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

function filter() {
  const asked = new FormData(form);
  const wanted = String(asked.get('words')).toLowerCase().split(/\\s+/);
  const chosen = ['verdict', 'source', 'observed'].filter((name) => asked.get(name) !== '');
  let count = 0;
  for (const row of rows) {
    const fits = chosen.every((name) => row.dataset[name] === asked.get(name));
    row.hidden = !fits || !wanted.every((word) => words.get(row).includes(word));
    count += row.hidden ? 0 : 1;
  }
  shown.textContent = count + ' of ' + rows.length + ' flows';
}

for (const [column, head] of heads.entries()) {
  head.querySelector('button').addEventListener('click', () => sortBy(column));
}
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => requestAnimationFrame(filter));
form.hidden = false;
filter();
`;
