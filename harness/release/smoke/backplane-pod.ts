import { Backplane } from '@meho/contract/backplane/backplane';
import { Problem } from '@meho/core/problem';
import { selectorOf } from '@meho/helm/subject';
import { pods } from '@meho/kube/api/resource';
import { podLog } from '@meho/kube/workloads/pod-log';
import { forwardPort } from '@meho/kube/workloads/port-forward';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

/** Contract, "The backplane's surface". */
const podPort = 8000;
/** Images in the field stay silent this long without a database (contract, "Two dialects": 15 s). */
const answerDeadlineMs = 20_000;

export interface BackplanePod {
  readonly name: string;
  readonly uid: string;
  readonly restarts: number;
}

/** @throws Problem unless exactly one runs */
export async function backplanePod(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<BackplanePod> {
  const labels = selectorOf({ namespace, release: request.subject.release });
  const { items } = await api.list(pods, { namespace, labels }, { signal });
  const running = items.filter(
    ({ metadata, status }) =>
      metadata?.labels?.['app.kubernetes.io/component'] !== 'migrate' &&
      metadata?.deletionTimestamp === undefined &&
      status?.phase === 'Running',
  );
  const [pod] = running;
  const { name, uid } = pod?.metadata ?? {};
  if (running.length !== 1 || name === undefined || uid === undefined) {
    throw new Problem({
      expected: `one running backplane pod in ${namespace}`,
      observed: `there are ${running.length}`,
      next: `kubectl -n ${namespace} get pods -l ${labels}`,
    });
  }
  const restarts = (pod?.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
  return { name, uid, restarts };
}

export interface PodConnection extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` of the pod, ready or not. */
  readonly origin: URL;
  /** A new client: each requests a path once. */
  backplane(): Backplane;
}

/** Opens a port-forward past ingress and readiness. */
export async function connectToPod(
  { api }: Environment,
  { namespace }: InstallTarget,
  { name }: BackplanePod,
): Promise<PodConnection> {
  const forward = await forwardPort(api, namespace, name, podPort);
  const origin = new URL(`http://127.0.0.1:${forward.port}`);
  return {
    origin,
    backplane: () => new Backplane({ origin, deadlineMs: answerDeadlineMs }),
    [Symbol.asyncDispose]: () => forward[Symbol.asyncDispose](),
  };
}

export function backplaneLog(
  { api }: Environment,
  { namespace }: InstallTarget,
  { name }: BackplanePod,
): Promise<string> {
  return podLog(api, namespace, name);
}
