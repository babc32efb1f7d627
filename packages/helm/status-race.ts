import { messageOf } from '@meho/core/problem';
import { CommandError, type CommandResult } from '@meho/core/process/run';
import type { CallOptions, KubeApi } from '@meho/kube/api/api';
import { configMaps, deployments, jobs, pods, secrets } from '@meho/kube/api/resource';
import { jobState } from '@meho/kube/workloads/job-state';
import { rolloutState } from '@meho/kube/workloads/rollout';
import { recordKindOf, recordLabels } from './storage.ts';

/**
 * Helm since 4.3 computes the status of an object's versions in parallel. One that was computed from an older version may
 * arrive after the last ("Job in progress" after "Job complete"): Helm then ends its wait, and fails although the Job has
 * succeeded and no deadline has passed (helm 4.3.0 to 4.3.2, `cliDefaultStatusComputeWorkers`; fluxcd/cli-utils 1.2.2 to
 * 1.4.0, `asyncEventHandler`). No option turns it off without another meaning of `--wait`.
 */
export interface StatusRace {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly release: string;
  readonly signal?: AbortSignal;
  /** Told before helm is asked once more. */
  readonly say?: ((said: string) => void) | undefined;
}

export interface HelmResult extends CommandResult {
  /** Why helm was asked twice; `durationMs` counts both. */
  readonly askedAgain?: string;
}

/**
 * Runs a command that drives helm. Where helm gave up on nothing but what has succeeded by the cluster's own record, the
 * revision that it wrote is taken back and the same command is run once more, so that hooks, history and later rollbacks
 * are those of one command.
 *
 * @param attempt may throw CommandError or return another exit code; it receives how long the first took
 */
export async function withoutStatusRace(
  race: StatusRace,
  attempt: (spentMs: number) => Promise<CommandResult>,
): Promise<HelmResult> {
  const started = performance.now();
  const first = await attempt(0).then(endedWith, failedWith);
  const askedAgain = await readyForSecond(race, first.said);
  if (askedAgain === undefined) {
    return first.settle();
  }
  race.say?.(askedAgain);
  const second = await attempt(performance.now() - started);
  return { ...second, durationMs: performance.now() - started, askedAgain };
}

interface FirstAttempt {
  /** Empty unless helm failed. */
  readonly said: string;
  settle(): CommandResult;
}

function endedWith(result: CommandResult): FirstAttempt {
  return { said: result.exitCode === 0 ? '' : result.stderr, settle: () => result };
}

function failedWith(error: unknown): FirstAttempt {
  return {
    said: error instanceof CommandError ? error.stderr : '',
    settle: () => {
      throw error;
    },
  };
}

/** Undefined if helm's failure stands, also where the cluster can't be asked. */
async function readyForSecond(race: StatusRace, said: string): Promise<string | undefined> {
  try {
    const succeeded = await succeededUnnoticed(said, race.api, callOptions(race));
    if (succeeded.length === 0) {
      return undefined;
    }
    const revision = await takeBackRevision(race);
    const takenBack = revision === undefined ? '' : `; its failed revision ${revision} was taken back`;
    const gaveUp = `helm gave up on ${succeeded.join(' and ')} in ${race.namespace}, which had succeeded by then`;
    return `${gaveUp} (a race in Helm 4.3)${takenBack}; helm was asked once more`;
  } catch (error) {
    race.say?.(`whether helm gave up too early can't be told: ${messageOf(error)}`);
    return undefined;
  }
}

/** @returns `Job meho-migrate`, … if helm gave up on nothing else, and all of them have succeeded on the cluster */
async function succeededUnnoticed(said: string, api: KubeApi, options: CallOptions): Promise<readonly string[]> {
  const states = await Promise.all(
    unfinishedIn(said).map(async ({ kind, namespace, name }) => ({
      name: `${kind} ${name}`,
      hasSucceeded: (await succeeded[kind]?.(api, namespace, name, options)) ?? false,
    })),
  );
  return states.every(({ hasSucceeded }) => hasSucceeded) ? states.map(({ name }) => name) : [];
}

type HasSucceeded = (api: KubeApi, namespace: string, name: string, options: CallOptions) => Promise<boolean>;

const succeeded: Readonly<Record<string, HasSucceeded>> = {
  Job: async (api, ...at) => {
    const job = await api.find(jobs, ...at);
    return job !== undefined && jobState(job).state === 'succeeded';
  },
  Pod: async (api, ...at) => (await api.find(pods, ...at))?.status?.phase === 'Succeeded',
  Deployment: async (api, ...at) => {
    const deployment = await api.find(deployments, ...at);
    return deployment !== undefined && rolloutState([deployment]).state === 'holds';
  },
};

/** A wait that was called off or ran out names its context as well. */
function unfinishedIn(said: string) {
  if (/context (?:deadline exceeded|canceled)/.test(said)) {
    return [];
  }
  const found = [...said.matchAll(/resource (\w+)\/([\w.-]*)\/([\w.:-]+) not ready\. status: (\w+), message: /g)].map(
    ([, kind = '', namespace = '', name = '', status]) => ({ kind, namespace, name, status }),
  );
  return found.every(({ status }) => status === 'InProgress') ? found : [];
}

/** Of a release that is deployed nothing is taken: then the last command was another. */
async function takeBackRevision(race: StatusRace): Promise<number | undefined> {
  const { api, namespace, release } = race;
  const options = callOptions(race);
  const found = await recordLabels(api, { namespace, release }, options);
  const newest = found.toSorted((a, b) => revisionOf(a) - revisionOf(b)).at(-1);
  const { name, uid, labels } = newest?.metadata ?? {};
  if (newest === undefined || name === undefined || !/^(?:failed|pending-\w+)$/.test(labels?.['status'] ?? '')) {
    return undefined;
  }
  const resource = recordKindOf() === 'Secret' ? secrets : configMaps;
  await api.delete(resource, namespace, name, { ...options, ...(uid === undefined ? {} : { uid }) });
  return revisionOf(newest);
}

function revisionOf({ metadata }: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }) {
  return Number(metadata?.labels?.['version'] ?? 0);
}

function callOptions({ signal }: StatusRace): CallOptions {
  return signal === undefined ? {} : { signal };
}
