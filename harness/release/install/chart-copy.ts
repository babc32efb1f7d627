import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '@meho/core/runs/temporary';
import { ownChart } from '../environment/request.ts';

export interface ChartEdit {
  /** Relative to the chart. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface ChartCopy extends AsyncDisposable {
  readonly chart: string;
}

/**
 * Copies a chart with deliberate defects.
 *
 * @throws Error when a text is missing, which would leave the copy without its defect
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
 * The seed's first chart: its migration Job needs the release's ServiceAccount and ConfigMap, which come later
 * (contract, "Traps").
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

export const privilegedPods: readonly ChartEdit[] = [
  {
    file: 'values.yaml',
    from: 'allowPrivilegeEscalation: false',
    to: 'allowPrivilegeEscalation: true',
  },
];

/** The same defect in the field chart. */
export const fieldHook: readonly ChartEdit[] = [
  {
    file: 'templates/migrate.yaml',
    from: 'serviceAccountName: default',
    to: 'serviceAccountName: {{ .Release.Name }}-backplane',
  },
];
