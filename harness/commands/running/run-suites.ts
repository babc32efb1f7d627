import type { Settings } from '@meho/core/config';
import type { Tally } from '@meho/core/report/tally';
import type { RunIdentity } from '@meho/core/runs/identity';
import type { NodeChoice } from '@meho/images/catalog';
import type { ExistingCluster, SubjectRequest } from '../../release/environment/request.ts';
import type { CommandContext } from '../command.ts';
import { runOnEnvironment } from './run-on-environment.ts';

/** Which stories, and how they are gone through. */
export interface Selection {
  /** As the test runner takes them; all if empty. */
  readonly files: readonly string[];
  readonly testName?: string;
  readonly artefacts: string;
  readonly repeat?: number;
  readonly keep?: boolean;
  readonly pauseOnFail?: boolean;
}

export interface SuiteRun extends Selection, NodeChoice {
  readonly settings: Settings;
  readonly subject: SubjectRequest;
  readonly run: RunIdentity;
  /** Absent: a managed cluster. */
  readonly cluster?: ExistingCluster;
  /** State of a managed cluster that is there already; absent: a new one. */
  readonly foundation?: string | undefined;
}

const timeoutMs = 45 * 60_000;
/** People take their time, at most that of some pauses. */
const timeoutWithPausesMs = 8 * 60 * 60_000;

/** Runs suites in a child process with a shared environment. */
export function runSuites(asked: SuiteRun, context: CommandContext): Promise<Tally> {
  const {
    files,
    testName,
    repeat = 1,
    settings,
    subject,
    run,
    artefacts,
    cluster,
    foundation,
    node,
    kubernetes,
  } = asked;
  const { keep = false, pauseOnFail = false } = asked;
  const request = {
    settings,
    labels: run.labels,
    artefacts,
    subject,
    keep,
    pauseOnFail,
    // What outlives the run isn't removed whole, so each creator removes its own objects.
    ownerCleansUp: keep || (cluster === undefined && foundation === undefined),
    ...(cluster === undefined ? {} : { cluster }),
    ...(foundation === undefined ? {} : { foundation }),
    ...{ node, kubernetes },
  };
  const deadline = { timeoutMs: pauseOnFail ? timeoutWithPausesMs : timeoutMs };
  return runOnEnvironment({ project: 'suites', files, testName, repeat, request, ...deadline }, context);
}
