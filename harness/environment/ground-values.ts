import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Values } from '../helm/values.ts';
import { newRun, runOf } from '../runs/identity.ts';
import { temporaryFolder } from '../runs/temporary.ts';
import { embeddedClusterValues, type SubjectRequest } from './request.ts';
import { forSubject } from './subject-fit.ts';

/**
 * The values of the cluster that this suite starts, as the chart takes them: a file, since the operator's own apply over
 * it. It goes with the run's folder.
 *
 * @param name unlike any other of the run
 */
export async function groundValues(
  { fit }: SubjectRequest,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (fit === undefined) {
    return [embeddedClusterValues];
  }
  const whole = (parse(await readFile(embeddedClusterValues, 'utf8')) as Values | null) ?? {};
  const file = path.join(await temporaryFolder(runOf(labels) ?? (await newRun())), `${name}.values.json`);
  await writeFile(file, JSON.stringify(forSubject(whole, fit)));
  return [file];
}
