import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { imageNames } from '../images/catalog.ts';
import { run } from '../process/run.ts';
import { keep } from '../report/output.ts';
import type { ImageUnderTest, UnderTest } from '../report/run-report.ts';
import type { Environment } from './environment.ts';

/** In the artefacts' folder: whoever reports on the run reads it there. */
export const underTestFile = 'under-test.json';

const helmDeadlineMs = 30_000;

/** Writes down what is judged and where, as soon as the environment is up. */
export async function writeUnderTest(environment: Environment): Promise<void> {
  const { request, cluster, judged } = environment;
  const { distribution, kubernetesVersion, policyEngine, origin } = await cluster.describe();
  const described: UnderTest = {
    cluster: { distribution, kubernetesVersion, policyEngine, origin },
    chart: { reference: path.relative(process.cwd(), request.subject.chart), ...(await chartOf(environment)) },
    release: request.subject.release,
    image: { reference: `${judged.repository}:${judged.tag}`, gitSha: judged.gitSha },
    images: imagesOf(environment),
  };
  await mkdir(request.artefacts, { recursive: true });
  await keep(path.join(request.artefacts, underTestFile), 'json', `${JSON.stringify(described, null, 2)}\n`);
}

/** The images that this environment uses. */
function imagesOf({ image }: Environment): readonly ImageUnderTest[] {
  return imageNames.flatMap((name) => {
    try {
      const { reference, id, origin } = image(name);
      return [{ name, reference, id, origin }];
    } catch {
      // Not one that was asked for.
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

/** What a run wrote of itself; undefined where its environment did not come up. */
export async function readUnderTest(artefacts: string): Promise<UnderTest | undefined> {
  try {
    return JSON.parse(await readFile(path.join(artefacts, underTestFile), 'utf8')) as UnderTest;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
