import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChartInput, renderManifest } from '@meho/helm/render';
import { isTable } from '@meho/helm/value-path';
import { coalesceValues } from '@meho/helm/values';
import { parse } from 'yaml';
import { SEED_BLOCK } from './seed-block.ts';
import { MINIMAL_VALUES, type Values } from './values.ts';

/** What is recorded whole, notes included: together these pass each line of each template. */
export const RECORDED: Readonly<Record<string, Pick<ChartInput, 'values' | 'set' | 'release'>>> = {
  'seed-block': { set: SEED_BLOCK },
  'every-option': { values: coalesceValues(MINIMAL_VALUES, await read('every-option.yaml')) },
  'other-ways': { values: coalesceValues(MINIMAL_VALUES, await read('other-ways.yaml')), release: 'a'.repeat(53) },
  'every-warning': { values: coalesceValues(MINIMAL_VALUES, await read('every-warning.yaml')) },
};

/** Objects and notes, as text; empty lines, of which each Helm has its own, left out. */
export async function recordOf(helm: string, chart: string, name: string): Promise<string> {
  await using copy = await withNotes(chart);
  const manifest = await renderManifest({ helm, chart: copy.chart, ...RECORDED[name] });
  return manifest
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/**
 * The chart with its notes as an object: `helm template` shows no notes, and before Helm 4 nothing does without a cluster.
 */
export async function withNotes(chart: string) {
  const folder = await mkdtemp(join(tmpdir(), 'chart-notes-'));
  const copy = join(folder, 'meho');
  await cp(chart, copy, { recursive: true });
  const file = join(copy, 'templates', 'NOTES.txt');
  const notes = await readFile(file, 'utf8');
  await rm(file);
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\ndata:\n  notes: |\n';
  const body = '    {{- include "notes" . | nindent 4 }}\n';
  await writeFile(join(copy, 'templates', 'notes.yaml'), `{{- define "notes" -}}\n${notes}{{- end -}}\n${head}${body}`);
  return { chart: copy, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function read(name: string): Promise<Values> {
  const values: unknown = parse(await readFile(new URL(name, import.meta.url), 'utf8'));
  return isTable(values) ? values : {};
}
