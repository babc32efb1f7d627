import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '../config.ts';
import type { EnvironmentRequest, ForeignCluster, SubjectRequest } from '../environment/request.ts';
import { readPhases } from '../report/phase-log.ts';
import type { Tally } from '../report/tally.ts';
import type { RunIdentity } from '../runs/identity.ts';
import type { CommandContext } from './command.ts';
import { runTests } from './run-tests.ts';
import { filesOf } from './suite-flags.ts';
import { forgetEarlierRun } from './write-reports.ts';

export interface SuiteRun {
  /** Names of suites; all where empty. */
  readonly suites: readonly string[];
  readonly settings: Settings;
  readonly subject: SubjectRequest;
  readonly run: RunIdentity;
  readonly artefacts: string;
  /** A cluster that isn't ours; one of our own where absent. */
  readonly cluster?: ForeignCluster;
}

const timeoutMs = 45 * 60_000;

/** Runs suites in a process of their own, which starts the environment that they share, and adds its phases to ours. */
export async function runSuites(asked: SuiteRun, { progress, signal, timeline }: CommandContext): Promise<Tally> {
  const request: EnvironmentRequest = {
    settings: asked.settings,
    labels: asked.run.labels,
    artefacts: asked.artefacts,
    subject: asked.subject,
    // A cluster that isn't ours doesn't go with the run: whoever made something on it takes it down in order.
    ownerCleansUp: asked.cluster === undefined,
    ...(asked.cluster === undefined ? {} : { cluster: asked.cluster }),
  };
  await mkdir(asked.artefacts, { recursive: true });
  await forgetEarlierRun(asked.artefacts);
  const file = path.join(asked.artefacts, 'request.json');
  await writeFile(file, `${JSON.stringify(request, null, 2)}\n`);
  try {
    return await progress.step('suites', () =>
      runTests({
        projects: ['suites'],
        files: asked.suites.map(filesOf),
        artefacts: asked.artefacts,
        name: 'suites',
        env: { MEHO_ENVIRONMENT: file },
        timeoutMs,
        signal,
      }),
    );
  } finally {
    for (const phase of readPhases(path.join(asked.artefacts, 'phases.json'), timeline.originMs)) {
      timeline.add({ ...phase, depth: phase.depth + 1 });
    }
  }
}
