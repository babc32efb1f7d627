import { mapTexts } from '@meho/core/report/run-report';
import { safeLine } from '@meho/core/report/safe-text';
import { grouped } from '../findings.ts';
import { type FlowReport, type MatrixDocument, probesPerSecond } from './document.ts';

export interface TerminalStyle {
  readonly colour: boolean;
  readonly width?: number;
}

const leastLabel = 40;
const cellWidth = 3;
/** Flows per cause; the other reports list all. */
const flowsListed = 6;
const glyphs = { connected: 'o', refused: 'r', 'timed out': 't', 'could not probe': '?' } as const;

/**
 * For a terminal: a row per target, a column per source, a letter for what was observed, `!` for a fault; then all
 * findings by cause. Colour only repeats the letters.
 */
export function terminalOf(told: MatrixDocument, { colour, width = 100 }: TerminalStyle): string {
  const document = mapTexts(told, safeLine);
  const paint: Paint = (code, text) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const parts = [...grids(document, width, paint), findings(document, width, paint), closing(document, width, paint)];
  return parts
    .filter((part) => part.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

type Paint = (code: '1' | '2' | '31' | '32' | '33', text: string) => string;

/** Columns that don't fit continue below. */
function grids(document: MatrixDocument, width: number, paint: Paint): readonly (readonly string[])[] {
  const sources = [...new Map(document.flows.map(({ source }) => [source.id, source])).values()];
  const legend = [
    ...wrap(
      'o connected, r refused, t timed out, ? could not probe, ! among the findings, ~ accepted, blank: not probed',
      width,
      '',
    ),
    ...sources.flatMap(({ title, pod }, index) => wrap(`${nameOf(index)} = ${title} (${pod})`, width, '    ')),
  ];
  const perGrid = Math.floor((width - leastLabel) / cellWidth);
  const starts = Array.from({ length: Math.ceil(sources.length / perGrid) }, (_, index) => index * perGrid);
  return [legend, ...starts.map((start) => grid(document.flows, sources.slice(start, start + perGrid), start))];

  function grid(flows: readonly FlowReport[], columns: readonly { readonly id: string }[], from: number) {
    const byTarget = Map.groupBy(flows, ({ target }) => target.id);
    const labels = [...byTarget.values()].map(([flow]) => labelOf(flow, width - columns.length * cellWidth));
    const room = Math.max(0, ...labels.map((label) => label.length));
    const head = `${' '.repeat(room)}${columns
      .map((_, index) =>
        nameOf(from + index)
          .padStart(2)
          .padEnd(3),
      )
      .join('')}`;
    const rows = [...byTarget.values()].map((row, index) => {
      const cells = columns.map(({ id }) =>
        glyph(
          row.find(({ source }) => source.id === id),
          paint,
        ),
      );
      return `${(labels[index] ?? '').padEnd(room)}${cells.join('')}`.trimEnd();
    });
    return [paint('1', head.trimEnd()), ...rows];
  }
}

function glyph(flow: FlowReport | undefined, paint: Paint): string {
  if (flow === undefined) {
    return '   ';
  }
  const letter = glyphs[flow.observed.answer];
  if (flow.verdict === 'FAIL') {
    return ` ${paint('31', `${letter}!`)}`;
  }
  if (flow.accepted !== undefined) {
    return ` ${paint('33', `${letter}~`)}`;
  }
  return ` ${paint(letter === 'o' ? '32' : '2', letter)} `;
}

function labelOf(flow: FlowReport | undefined, room: number): string {
  if (flow === undefined) {
    return '';
  }
  const { title, host, port, protocol } = flow.target;
  const where = ` ${host}:${port}/${protocol}`;
  const text = title.includes(host) ? title : `${clip(title, Math.max(12, room - where.length))}${where}`;
  return clip(text, room);
}

function findings({ findings: all, accepted, flows }: MatrixDocument, width: number, paint: Paint): readonly string[] {
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const answeredFor = [...Map.groupBy(accepted, ({ check }) => check)].flatMap(([check, found]) => {
    const line = `[WARN] accepted ${check}: ${found.length} flows, because ${found[0]?.because}`;
    const causes = grouped(found).map(({ what, rule, findings: of }) => `       ${of.length}: ${what}; ${rule}`);
    return [
      paint('33', wrap(line, width, '       ').join('\n')),
      ...causes.flatMap((cause) => wrap(cause, width, '       ')),
    ];
  });
  const failures = grouped(all).flatMap((group) => {
    const lines = wrap(`[FAIL] ${group.what}`, width, '       ');
    const named = group.findings.flatMap(({ flow }) => byId.get(flow ?? '') ?? []);
    const listed = named.slice(0, flowsListed).flatMap((flow) => {
      const { source, target, observed } = flow;
      const path = `- ${source.title} → ${target.title} (${target.host}:${target.port}/${target.protocol})`;
      return wrap(`       ${path}: ${observed.answer}${evidence(observed.evidence)}`, width, '         ');
    });
    const more = named.length - flowsListed;
    return [
      paint('31', lines.join('\n')),
      ...wrap(`       ${group.rule}`, width, '       '),
      ...listed,
      ...(more > 0 ? [`       - and ${more} more`] : []),
    ];
  });
  return [...failures, ...answeredFor];
}

const evidence = (text: string) => (text === '' ? '' : ` (${clip(text, 120)})`);

function closing(document: MatrixDocument, width: number, paint: Paint): readonly string[] {
  const { counts, durationMs, skipped, outcome } = document;
  const rate = probesPerSecond(document).toFixed(0);
  const told = `${counts.flows} flows, ${counts.probes} probes in ${(durationMs / 1000).toFixed(1)} s (${rate} a second): ${counts.open} connected, ${counts.refused} refused, ${counts.timedOut} timed out, ${counts.couldNotProbe} could not be probed, ${counts.findings} findings${counts.accepted > 0 ? `, accepted: ${counts.accepted}` : ''}`;
  return [
    ...skipped.flatMap(({ what, why }) => wrap(`[note] not probed: ${what}: ${why}`, width, '       ')),
    ...wrap(told, width, '  '),
    outcome === 'passed'
      ? paint(
          '32',
          `declared, computed and observed agree on every flow${counts.accepted > 0 ? ' that is not accepted' : ''}`,
        )
      : paint('31', 'declared, computed and observed do not agree, or a proof is missing'),
  ];
}

/** A, B, … Z, AA, AB, … */
function nameOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${nameOf(Math.floor(index / 26) - 1)}${letter}`;
}

function clip(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
}

/** Breaks at spaces; within a word only if it is wider than the line. */
function wrap(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const cut = space > indent.length ? space : width;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${indent}${rest.slice(cut).trimStart()}`;
  }
  return [...lines, rest];
}
