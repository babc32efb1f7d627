import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newRun, runOf } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';
import type { Values } from '@meho/helm/values';
import { readGoYaml } from '@meho/kube/go-yaml';
import { fitToChart } from '../trust/value-fit.ts';
import { embeddedClusterValues, type SubjectRequest } from './request.ts';

/**
 * The managed cluster's values as far as the chart takes them; in a file, because the operator's apply over it.
 *
 * @param name unique in the run
 */
export async function managedClusterValues(
  { fit }: SubjectRequest,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (fit === undefined) {
    return [embeddedClusterValues];
  }
  const whole = (readGoYaml(await readFile(embeddedClusterValues, 'utf8')) as Values | null) ?? {};
  const file = path.join(await temporaryFolder(runOf(labels) ?? (await newRun())), `${name}.values.json`);
  await writeFile(file, JSON.stringify(fitToChart(whole, fit)));
  return [file];
}
