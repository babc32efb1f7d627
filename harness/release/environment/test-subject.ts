import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { writeReport } from '@meho/core/report/output';
import type { TestedImage, TestSubject } from '@meho/core/report/run-report';
import { helmVersion } from '@meho/helm/program';
import { imagesOf as imagesIn } from '@meho/images/catalog';
import { parse } from 'yaml';
import type { Environment } from './environment.ts';

export const testSubjectFile = 'under-test.json';

const helmDeadlineMs = 30_000;

export async function writeTestSubject(environment: Environment): Promise<void> {
  const { request, cluster, judged } = environment;
  const { distribution, kubernetesVersion, policyEngine, origin } = await cluster.describe();
  const helm = await helmVersion(environment.helm);
  const described: TestSubject = {
    cluster: { distribution, kubernetesVersion, policyEngine: policyEngine.title, origin },
    chart: { reference: path.relative(process.cwd(), request.subject.chart), ...(await chartOf(environment)) },
    ...(helm === undefined ? {} : { helm }),
    release: request.subject.release,
    image: { reference: `${judged.repository}:${judged.tag}`, gitSha: judged.gitSha },
    images: imagesOf(environment),
  };
  await mkdir(request.artefacts, { recursive: true });
  await writeReport(path.join(request.artefacts, testSubjectFile), 'json', `${JSON.stringify(described, null, 2)}\n`);
}

function imagesOf({ image }: Environment): readonly TestedImage[] {
  return imagesIn().flatMap((name) => {
    try {
      const { reference, id, origin } = image(name);
      return [{ name, reference, id, origin }];
    } catch {
      // Not used by this environment.
      return [];
    }
  });
}

async function chartOf({ helm, request }: Environment): Promise<{ readonly name: string; readonly version: string }> {
  const { chart } = request.subject;
  const { stdout } = await run(helm, ['show', 'chart', chart], { timeoutMs: helmDeadlineMs });
  const { name, version }: { name?: string; version?: string } = parse(stdout);
  return { name: name ?? '', version: version ?? '' };
}

/** Returns undefined if the environment did not come up. */
export async function readTestSubject(artefacts: string): Promise<TestSubject | undefined> {
  try {
    return JSON.parse(await readFile(path.join(artefacts, testSubjectFile), 'utf8')) as TestSubject;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
