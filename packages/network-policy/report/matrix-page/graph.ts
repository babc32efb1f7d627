import { html, type Markup, none } from '@meho/core/report/markup';
import type { FlowReport } from '../document.ts';

const [width, left, right, step, top] = [1000, 150, 610, 26, 34];
const middle = (left + right) / 2;

interface Edge {
  readonly source: string;
  readonly target: string;
  readonly flows: readonly { readonly flow: FlowReport; readonly index: number }[];
}

/** Sources and what they reach; flows to all ports of one host are one line. What is closed has no line. */
export function graph(flows: readonly FlowReport[]): Markup {
  const all = flows.map((flow, index) => ({ flow, index }));
  const sources = [...new Map(flows.map(({ source }) => [source.id, source.id])).values()];
  const targets = [...Map.groupBy(flows, ({ target }) => target.endpoint)].map(([endpoint, [first]]) => ({
    endpoint,
    name: nameOf(first),
  }));
  if (targets.length === 0) {
    return none;
  }
  const edges = [...Map.groupBy(all, ({ flow }) => JSON.stringify([flow.source.id, flow.target.endpoint]))].map(
    ([key, of]): Edge => {
      const [source = '', target = ''] = JSON.parse(key) as readonly string[];
      return { source, target, flows: of };
    },
  );
  const height = top + step * Math.max(sources.length, targets.length);
  const spread = (count: number) => (height - top) / Math.max(count, 1);
  const y = (index: number, count: number) => Math.round(top + spread(count) * (index + 0.5));
  const ends = (edge: Edge) =>
    [
      y(sources.indexOf(edge.source), sources.length),
      y(
        targets.findIndex(({ endpoint }) => endpoint === edge.target),
        targets.length,
      ),
    ] as const;
  const drawn = edges
    .filter((edge) => edge.flows.some(({ flow }) => isOpen(flow) || flow.verdict === 'FAIL'))
    // What is wrong lies on top.
    .toSorted((a, b) => Number(hasFinding(a)) - Number(hasFinding(b)));
  const label = (x: number, at: number, text: string, anchor: 'start' | 'end') =>
    html`<text x="${x}" y="${at + 4}" text-anchor="${anchor}">${text}</text><circle cx="${anchor === 'end' ? left : right}" cy="${at}" r="3"></circle>`;
  return html`<div class="scroll" role="region" aria-labelledby="graph-title" tabindex="0"><svg class="graph" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="graph-name graph-words">
<title id="graph-name">Which sources reach which targets</title><desc id="graph-words">${inWords(edges)} The matrix above says the same cell by cell.</desc>
<text class="column" x="${left - 10}" y="16" text-anchor="end">sources</text><text class="column" x="${right + 10}" y="16">targets</text>
${drawn.map((edge) => line(edge, ends(edge)))}${sources.map((id, index) => label(left - 10, y(index, sources.length), id, 'end'))}${targets.map(({ name }, index) => label(right + 10, y(index, targets.length), name, 'start'))}
</svg></div>`;
}

const isOpen = ({ observed }: FlowReport) => observed.answer === 'connected';
const hasFinding = ({ flows }: Edge) => flows.some(({ flow }) => flow.verdict === 'FAIL');

/** Told apart by its dashes and a mark as well. */
function line(edge: Edge, [from, to]: readonly [number, number]): Markup {
  const { flows } = edge;
  const open = flows.filter(({ flow }) => isOpen(flow)).length;
  const found = flows.filter(({ flow }) => flow.verdict === 'FAIL').length;
  const state = open === flows.length ? 'open' : 'part';
  const [markX, markY] = onCurve([from, to]);
  const said = `${edge.source} → ${nameOf(flows[0]?.flow)}: ${open} of ${flows.length} connected${found === 0 ? '' : `, ${found} among the findings`}`;
  const mark =
    found === 0 ? none : html`<text class="mark" x="${markX}" y="${markY + 5}" text-anchor="middle">!</text>`;
  return html`<g class="edge ${state}${found === 0 ? '' : ' FAIL'}" data-flows="${flows.map(({ index }) => index).join(' ')}"><title>${said}</title><path d="M${left} ${from}C${middle} ${from} ${middle} ${to} ${right} ${to}"></path>${mark}</g>\n`;
}

/** Staggered, so that marks of lines which cross don't cover each other. */
function onCurve([from, to]: readonly [number, number]): readonly [number, number] {
  const t = 0.35 + 0.07 * (Math.round(from + to) % 7);
  const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return [Math.round(a * left + (b + c) * middle + d * right), Math.round((a + b) * from + (c + d) * to)];
}

/** A target's title without its port. */
function nameOf(flow: FlowReport | undefined): string {
  return flow?.target.title.replace(/ \d+\/(?:TCP|UDP|SCTP).*$/, '') ?? '';
}

function inWords(edges: readonly Edge[]): string {
  const wrong = edges.filter(hasFinding).map((edge) => `${edge.source} to ${nameOf(edge.flows[0]?.flow)}`);
  const shown = wrong.slice(0, 12);
  const more = wrong.length > shown.length ? ` and ${wrong.length - shown.length} more` : '';
  return wrong.length === 0 ? 'No line is among the findings.' : `Among the findings: ${shown.join('; ')}${more}.`;
}
