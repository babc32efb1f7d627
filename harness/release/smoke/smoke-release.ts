import type { Backplane } from '@meho/contract/backplane/backplane';
import { Problem } from '@meho/core/problem';
import type { Timeline } from '@meho/core/report/timeline';
import type { Environment } from '../environment/environment.ts';
import { backplaneOn, installCold } from '../install/cold-install.ts';
import { type InstallTarget, prepareInstallTarget } from '../install-target/install-target.ts';
import { smokeSettings } from '../install-target/story-values.ts';
import { type BackplanePod, backplanePod, connectToPod } from './backplane-pod.ts';

/** Shared by the smoke's stories; each undoes its changes. */
export interface SmokeRelease extends AsyncDisposable {
  readonly target: InstallTarget;
  /** The pod as installed: a story that replaces or restarts it has failed. */
  readonly pod: BackplanePod;
  /** Returns a new client, because each requests a path once. */
  throughIngress(): Backplane;
  /** Also returns a new client; reaches the pod whether it is ready or not. */
  toPod(): Backplane;
}

export async function installForSmoke(
  environment: Environment,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<SmokeRelease> {
  await using stack = new AsyncDisposableStack();
  const target = stack.use(await prepareInstallTarget(environment, 'smoke'));
  await installCold(environment, target, timeline, signal, smokeSettings);
  const pod = await backplanePod(environment, target, signal);
  const door = stack.use(await connectToPod(environment, target, pod));
  const resources = stack.move();
  return {
    target,
    pod,
    throughIngress: () => backplaneOn(environment, target),
    toPod: () => door.backplane(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Reads `GET /ready` (contract, "The backplane's surface"). */
export async function failingProbes(release: SmokeRelease, signal: AbortSignal): Promise<readonly string[]> {
  using backplane = release.toPod();
  const reply = await backplane.get('/ready', signal);
  if (reply.kind === 'none') {
    throw new Problem({
      expected: '/ready to answer',
      observed: reply.error.observed,
      next: `kubectl -n ${release.target.namespace} describe pod ${release.pod.name}`,
    });
  }
  const { checks }: { readonly checks: readonly { readonly name: string; readonly ok: boolean }[] } = JSON.parse(
    reply.body,
  );
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}
