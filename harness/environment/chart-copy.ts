import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '../runs/temporary.ts';
import { ownChart } from './request.ts';

/** A text in one of the chart's files and what takes its place. */
export interface ChartEdit {
  /** Path below the chart's folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface ChartCopy extends AsyncDisposable {
  readonly chart: string;
}

/**
 * A copy of our chart, or of another, with defects made on purpose.
 *
 * @throws Error when a text is not there: the chart has changed and the copy would have no defect
 */
export async function copyChart(edits: readonly ChartEdit[], original = ownChart): Promise<ChartCopy> {
  await using stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await scratchFolder('chart'));
  await cp(original, folder, { recursive: true });
  for (const { file, from, to } of edits) {
    const place = path.join(folder, file);
    const before = await readFile(place, 'utf8');
    if (!before.includes(from)) {
      throw new Error(`expected ${file} of the chart to hold ${JSON.stringify(from)}`);
    }
    await writeFile(place, before.replaceAll(from, to));
  }
  const resources = stack.move();
  return { chart: folder, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/**
 * The chart as the seed first describes it: the migration Job uses the release's own ServiceAccount and ConfigMap, which
 * come after it (contract, "Traps").
 */
export const naiveHook: readonly ChartEdit[] = [
  {
    file: 'templates/migration-job.yaml',
    from: 'serviceAccountName: {{ include "meho.migrateServiceAccountName" . }}',
    to: 'serviceAccountName: {{ include "meho.serviceAccountName" . }}',
  },
  {
    file: 'templates/migration-job.yaml',
    from: 'name: {{ include "meho.migrateName" . }}\n          env:',
    to: 'name: {{ include "meho.fullname" . }}\n          env:',
  },
];

/** Pods that the PodSecurity level `restricted` doesn't let in. */
export const privilegedPods: readonly ChartEdit[] = [
  {
    file: 'templates/_helpers.tpl',
    from: 'allowPrivilegeEscalation: false',
    to: 'allowPrivilegeEscalation: true',
  },
];

/** The same of the second deployment's chart as charts in the field are. */
export const fieldHook: readonly ChartEdit[] = [
  {
    file: 'templates/migrate.yaml',
    from: 'serviceAccountName: default',
    to: 'serviceAccountName: {{ .Release.Name }}-backplane',
  },
];
