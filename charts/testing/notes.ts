import type { V1ConfigMap } from '@kubernetes/client-node';
import { CHART, render } from './chart.ts';
import { withNotes } from './recorded.ts';
import type { Values } from './values.ts';

export async function notesChart() {
  const copy = await withNotes(CHART);
  const textOf = async (values: Values) =>
    (await render(values, { chart: copy.chart })).get<V1ConfigMap>('ConfigMap', 'notes').data?.['notes'] ?? '';
  return { notes: textOf, [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose]() };
}

export function warningsIn(notes: string): readonly string[] {
  return notes.split('\n').flatMap((line) => (line.startsWith('WARNING: ') ? [line.slice('WARNING: '.length)] : []));
}
