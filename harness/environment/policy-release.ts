import { selectorOf } from '../contract/subject.ts';
import { releaseValues } from '../helm/values.ts';
import { declare, type PolicyValues } from '../policy/declare.ts';
import { once, type PolicyLook } from '../policy/look.ts';
import type { Matrix, Source, Target } from '../policy/matrix.ts';
import { observeMatrix } from '../policy/observe-matrix.ts';
import { type Placed, placeProbes } from '../policy/probe/place.ts';
import { dialectOf } from '../policy/read-world.ts';
import type { Scene } from '../policy/scene.ts';
import { policyValues } from '../policy/take-look.ts';
import type { Timeline } from '../report/timeline.ts';
import { installCold } from './cold-install.ts';
import type { Environment } from './environment.ts';
import { sceneOf, startPolicyLab } from './policy-lab.ts';
import { prepareSite, type Site } from './site.ts';

/** A release with probes in it and around it, which the stories of the network policy share. */
export interface PolicyRelease extends AsyncDisposable {
  readonly site: Site;
  readonly scene: Scene;
  readonly placed: Placed;
  /** What of the release's values decides who may talk to whom. */
  readonly values: PolicyValues;
  /** A fresh look for the checks; the probes stay in their places. */
  look(only?: (source: Source, target: Target) => boolean): PolicyLook;
  /** Measures the matrix, or the part of it that is asked for, with the controls. */
  observe(only?: (source: Source, target: Target) => boolean): Promise<Matrix>;
}

export async function installForPolicy(
  environment: Environment,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<PolicyRelease> {
  await using stack = new AsyncDisposableStack();
  const site = stack.use(await prepareSite(environment, 'policy'));
  const [lab] = await Promise.all([
    startPolicyLab(environment, signal).then((started) => stack.use(started)),
    installCold(environment, site, timeline, signal),
  ]);
  const values = await policyValuesOf(environment, site, signal);
  const scene = sceneOf(environment, site, lab, values);
  const placed = stack.use(await placeAround(environment, scene, signal));
  const observe = matrixOf(environment, placed, values, signal);
  const resources = stack.move();
  const look = (only?: Parameters<typeof observe>[0]) => lookAt(placed, () => observe(only));
  return { site, scene, placed, values, look, observe, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Puts the probes of this run around a release on a cluster of ours. */
export function placeAround({ api, image, request }: Environment, scene: Scene, signal: AbortSignal): Promise<Placed> {
  const { reference } = image('probe');
  return placeProbes(api, scene, { image: reference, labels: request.labels, guestsAmongOthers: true, signal });
}

/** Measures with the controls: on a cluster of ours the release's policies may be taken off for them. */
function matrixOf(
  { api, cluster }: Environment,
  placed: Placed,
  values: PolicyValues,
  signal: AbortSignal,
): PolicyRelease['observe'] {
  const { namespace, release } = placed.scene;
  return async (only) =>
    observeMatrix(api, placed, {
      declare: declare(values, { namespace, release }),
      dialect: dialectOf((await cluster.describe()).policyEngine),
      controls: { namespace, labels: selectorOf({ namespace, release }) },
      ...(only === undefined ? {} : { only }),
      signal,
    });
}

/** A look by probes that are in their places already. */
export function lookAt(placed: Placed, observe: () => Promise<Matrix>): PolicyLook {
  return {
    enforced: () => Promise.resolve(placed.enforced),
    matrix: once(observe),
    changes: () => placed.changes(),
  };
}

/** What of the values of an installed release decides who may talk to whom. */
export async function policyValuesOf(
  { api, request }: Pick<Environment, 'api' | 'request'>,
  { namespace }: Site,
  signal: AbortSignal,
): Promise<PolicyValues> {
  return policyValues(await releaseValues(api, namespace, request.subject.release, { signal }));
}
