import type { Timeline } from '@meho/core/report/timeline';
import { once } from '@meho/core/wait/once';
import { selectorOf } from '@meho/helm/subject';
import { releaseValues } from '@meho/helm/values';
import { declare, type PolicyValues } from '@meho/network-policy/declare';
import type { Matrix, Source, Target } from '@meho/network-policy/matrix';
import { policyValues } from '@meho/network-policy/measure-once';
import { observeMatrix } from '@meho/network-policy/observe-matrix';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import { type PlacedProbes, placeProbes } from '@meho/network-policy/probe/place';
import { engineSemanticsOf } from '@meho/network-policy/semantics/read-cluster-policies';
import type { Topology } from '@meho/network-policy/topology';
import type { Environment } from '../environment/environment.ts';
import { installCold } from '../install/cold-install.ts';
import { type InstallTarget, prepareInstallTarget } from '../install-target/install-target.ts';
import { startPolicyLab, topologyOf } from './policy-lab.ts';

export interface PolicyRelease extends AsyncDisposable {
  readonly target: InstallTarget;
  readonly topology: Topology;
  readonly probes: PlacedProbes;
  readonly values: PolicyValues;
  /** Measures again with the same probes. */
  look(only?: (source: Source, target: Target) => boolean): PolicyMeasurement;
  /** Measures all or part of the matrix, with controls. */
  observe(only?: (source: Source, target: Target) => boolean): Promise<Matrix>;
}

export async function installForPolicy(
  environment: Environment,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<PolicyRelease> {
  await using stack = new AsyncDisposableStack();
  const target = stack.use(await prepareInstallTarget(environment, 'policy'));
  const [lab] = await Promise.all([
    startPolicyLab(environment, signal).then((started) => stack.use(started)),
    installCold(environment, target, timeline, signal),
  ]);
  const values = await policyValuesOf(environment, target, signal);
  const topology = topologyOf(environment, target, lab, values);
  const probes = stack.use(await placeProbesAround(environment, topology, signal));
  const observe = matrixOf(environment, probes, values, signal);
  const resources = stack.move();
  const look = (only?: Parameters<typeof observe>[0]) => measurementFrom(probes, () => observe(only));
  return { target, topology, probes, values, look, observe, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

export function placeProbesAround(
  { api, image, request }: Environment,
  topology: Topology,
  signal: AbortSignal,
): Promise<PlacedProbes> {
  const { reference } = image('probe');
  return placeProbes(api, topology, { image: reference, labels: request.labels, guestsAmongOthers: true, signal });
}

/** On a managed cluster the controls may remove the release's policies. */
function matrixOf(
  { api, cluster }: Environment,
  probes: PlacedProbes,
  values: PolicyValues,
  signal: AbortSignal,
): PolicyRelease['observe'] {
  const { namespace, release } = probes.topology;
  return async (only) =>
    observeMatrix(api, probes, {
      declare: declare(values, { namespace, release }),
      semantics: engineSemanticsOf((await cluster.describe()).policyEngine),
      controls: { namespace, labels: selectorOf({ namespace, release }) },
      ...(only === undefined ? {} : { only }),
      signal,
    });
}

export function measurementFrom(probes: PlacedProbes, observe: () => Promise<Matrix>): PolicyMeasurement {
  return {
    enforced: () => Promise.resolve(probes.enforced),
    matrix: once(observe),
    changes: () => probes.changes(),
  };
}

export async function policyValuesOf(
  { api, request }: Pick<Environment, 'api' | 'request'>,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<PolicyValues> {
  return policyValues(await releaseValues(api, namespace, request.subject.release, { signal }));
}
