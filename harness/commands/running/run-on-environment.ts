import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeReport } from '@meho/core/report/output';
import { readPhases } from '@meho/core/report/phase-log';
import { jsonText } from '@meho/core/report/safe-text';
import type { Tally } from '@meho/core/report/tally';
import { scratchFolder } from '@meho/core/runs/temporary';
import { startEnvironment } from '../../release/environment/environment.ts';
import type { EnvironmentRequest } from '../../release/environment/request.ts';
import type { CommandContext } from '../command.ts';
import { removeEarlierReports } from '../ending/write-reports.ts';
import { mergeRepetitions, type Repetition } from '../reuse/repeat.ts';
import { foundationFile } from '../reuse/use-up.ts';
import { readTests, runTests, testsFile } from './run-tests.ts';

export interface EnvironmentRun {
  readonly project: 'suites' | 'faults' | 'corpus';
  /** Parts of file names. */
  readonly files: readonly string[];
  /** Only tests whose name this matches. */
  readonly testName?: string | undefined;
  readonly request: EnvironmentRequest;
  readonly timeoutMs: number;
  /** Each time whole stories, on the same cluster. */
  readonly repeat?: number;
  /** Whether tests start no cluster, so that repetitions have none to share. */
  readonly bare?: boolean;
}

/** Runs tests in a process of their own, which starts the environment that they share, and adds its phases to ours. */
export async function runOnEnvironment(asked: EnvironmentRun, context: CommandContext): Promise<Tally> {
  const { artefacts } = asked.request;
  await mkdir(artefacts, { recursive: true });
  await removeEarlierReports(artefacts);
  context.results.hasBegun = true;
  return (asked.repeat ?? 1) > 1 ? repeatedly(asked, context) : once(asked, asked.project, context);
}

async function once(
  { project, request, files, testName, timeoutMs }: EnvironmentRun,
  name: string,
  { progress, results, signal, timeline }: CommandContext,
): Promise<Tally> {
  const { artefacts } = request;
  const file = path.join(artefacts, 'request.json');
  await writeFile(file, `${JSON.stringify(request, null, 2)}\n`);
  const env = { MEHO_ENVIRONMENT: file };
  const named = testName === undefined ? {} : { testName };
  try {
    return await progress.step(name, () =>
      runTests({ projects: [project], files, ...named, artefacts, name, env, timeoutMs, results, progress, signal }),
    );
  } finally {
    for (const phase of readPhases(path.join(artefacts, 'phases.json'), timeline.originMs)) {
      timeline.add({ ...phase, depth: phase.depth + 1 });
    }
  }
}

/** The environment is started here, because the tests' process ends with each repetition. */
async function repeatedly(asked: EnvironmentRun, context: CommandContext): Promise<Tally> {
  const { project, repeat = 1, request, bare = false } = asked;
  const { artefacts, cluster, foundation, keep = false } = request;
  await using scratch = await scratchFolder('repeat');
  const shared = foundationFile(scratch.path);
  const starts = !bare && cluster === undefined && foundation === undefined;
  if (starts) {
    // Removed with the run.
    await (await startEnvironment(request, context)).share?.(shared);
  }
  const each = starts ? { ...request, foundation: shared, ownerCleansUp: keep } : request;
  const all: Repetition[] = [];
  for (let index = 1; index <= repeat; index += 1) {
    const name = `${project}-${index}`;
    const tally = await once({ ...asked, request: each }, name, context);
    all.push({ tally, tests: await readTests(testsFile(artefacts, name)) });
  }
  const { tally, tests, lines } = mergeRepetitions(all);
  await writeReport(testsFile(artefacts, project), 'json', `${jsonText(tests)}\n`);
  for (const line of lines) {
    context.progress.note(line);
  }
  return tally;
}
