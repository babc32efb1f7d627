import { Backplane } from '../contract/backplane.ts';
import { selectorOf } from '../contract/subject.ts';
import { podLog } from '../kube/pod-log.ts';
import { forwardPort } from '../kube/port-forward.ts';
import { pods } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** Contract: the backplane listens on 8000 ("The backplane's surface"). */
const podPort = 8000;
/** Images in the field are silent for up to 15 s where their database is away (contract, "Two dialects"). */
const answerDeadlineMs = 20_000;

/** The one pod of a release's backplane, as it was found. */
export interface BackplanePod {
  readonly name: string;
  readonly uid: string;
  readonly restarts: number;
}

/** @throws Problem unless there is exactly one that runs */
export async function backplanePod(
  { api, request }: Environment,
  { namespace }: Site,
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

export interface PodDoor extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: the pod itself, whether or not it counts as ready. */
  readonly origin: URL;
  /** The backplane behind it, as of now: each path is asked once. */
  backplane(): Backplane;
}

/** Opens a way to the pod past ingress and readiness, as `kubectl port-forward` does. */
export async function openPod({ api }: Environment, { namespace }: Site, { name }: BackplanePod): Promise<PodDoor> {
  const forward = await forwardPort(api, namespace, name, podPort);
  const origin = new URL(`http://127.0.0.1:${forward.port}`);
  return {
    origin,
    backplane: () => new Backplane({ origin, deadlineMs: answerDeadlineMs }),
    [Symbol.asyncDispose]: () => forward[Symbol.asyncDispose](),
  };
}

/** Everything that the pod has said so far. */
export function backplaneLog({ api }: Environment, { namespace }: Site, { name }: BackplanePod): Promise<string> {
  return podLog(api, namespace, name);
}
