import type { Backplane } from '../contract/backplane.ts';
import { Problem } from '../problem.ts';
import type { Timeline } from '../report/timeline.ts';
import { type BackplanePod, backplanePod, openPod } from './backplane-pod.ts';
import { backplaneOn, installCold } from './cold-install.ts';
import type { Environment } from './environment.ts';
import { prepareSite, type Site } from './site.ts';
import { smokeSettings } from './story-values.ts';

/** A release that the stories of the smoke share: each undoes what it did to it. */
export interface SmokeRelease extends AsyncDisposable {
  readonly site: Site;
  /** As it was after the install: a story in which it was replaced or restarted has failed. */
  readonly pod: BackplanePod;
  /** The backplane through the ingress controller; each path is asked once. */
  throughIngress(): Backplane;
  /** The pod itself, whether or not it counts as ready; each path is asked once. */
  toPod(): Backplane;
}

export async function installForSmoke(
  environment: Environment,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<SmokeRelease> {
  await using stack = new AsyncDisposableStack();
  const site = stack.use(await prepareSite(environment, 'smoke'));
  await installCold(environment, site, timeline, signal, smokeSettings);
  const pod = await backplanePod(environment, site, signal);
  const door = stack.use(await openPod(environment, site, pod));
  const resources = stack.move();
  return {
    site,
    pod,
    throughIngress: () => backplaneOn(environment, site),
    toPod: () => door.backplane(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Names of the readiness probes that fail at the pod (contract, "The backplane's surface": `GET /ready`). */
export async function failingProbes(release: SmokeRelease, signal: AbortSignal): Promise<readonly string[]> {
  using backplane = release.toPod();
  const reply = await backplane.get('/ready', signal);
  if (reply.kind === 'none') {
    throw new Problem({
      expected: '/ready to answer',
      observed: reply.error.observed,
      next: `kubectl -n ${release.site.namespace} describe pod ${release.pod.name}`,
    });
  }
  const { checks }: { readonly checks: readonly { readonly name: string; readonly ok: boolean }[] } = JSON.parse(
    reply.body,
  );
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}
