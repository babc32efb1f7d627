import { isFailure, type Verdict } from '@meho/contract/check';
import { networkPolicyChecks } from '@meho/contract/network-policy';
import { runChecks } from '@meho/contract/run-checks';
import { namespaces } from '@meho/kube/api/resource';
import { declare, type PolicyValues } from '@meho/network-policy/declare';
import { observeMatrix } from '@meho/network-policy/observe-matrix';
import type { PlacedProbes } from '@meho/network-policy/probe/place';
import { runProbePod } from '@meho/network-policy/probe/probing-pod';
import { engineSemanticsOf } from '@meho/network-policy/semantics/read-cluster-policies';
import { partLabels, type Topology } from '@meho/network-policy/topology';
import type { ColdInstall } from '../../release/install/cold-install.ts';
import { startPolicyLab, topologyOf } from '../../release/network-policy/policy-lab.ts';
import { measurementFrom, placeProbesAround, policyValuesOf } from '../../release/network-policy/policy-release.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Injection, injection, type ReleaseContext } from '../fault.ts';

/** Probes, placed once, and what faults replace. */
interface Placement {
  readonly topology: Topology;
  readonly probes: PlacedProbes;
  readonly semantics: ReturnType<typeof engineSemanticsOf>;
  values: PolicyValues;
  containers: PlacedProbes['containers'];
}

const placements = new WeakMap<ColdInstall, Promise<Placement>>();
/** The other checks concern the cluster, not the rules. */
const evaluated = ['policy-enforced', 'policy-matrix', 'policy-broadcast', 'policy-dns'];
/** Allows for one lost packet; every denied connection takes this long. */
const timeoutMs = 1_500;

export function placementFor(context: ReleaseContext): Promise<Placement> {
  const known = placements.get(context.installed) ?? setUp(context);
  placements.set(context.installed, known);
  return known;
}

async function setUp({ environment, installed, signal, defer }: ReleaseContext): Promise<Placement> {
  const lab = await startPolicyLab(environment, signal);
  defer(async () => lab[Symbol.asyncDispose]());
  const values = await policyValuesOf(environment, installed.target, signal);
  const topology = topologyOf(environment, installed.target, lab, values);
  const probes = await placeProbesAround(environment, topology, signal);
  defer(async () => probes[Symbol.asyncDispose]());
  const semantics = engineSemanticsOf((await environment.cluster.describe()).policyEngine);
  return { topology, probes, semantics, values, containers: probes.containers };
}

/**
 * Keeps the probes in place: a verifier would place them anew for each fault. Controls concern the cluster, not the
 * rules.
 */
export async function evaluate(context: ReleaseContext): Promise<Evaluation> {
  const started = performance.now();
  const { environment, installed, signal } = context;
  const { probes, semantics, values, containers } = await placementFor(context);
  const { namespace } = installed.target;
  const { release } = environment.request.subject;
  const measurement = measurementFrom(probes, () =>
    observeMatrix(
      environment.api,
      { ...probes, containers },
      {
        declare: declare(values, { namespace, release }),
        semantics,
        controls: undefined,
        // No Service leads to a pod that isn't ready.
        only: (_, target) => target.reachedBy === 'pod IP' || target.reachedBy === 'address',
        timeoutMs,
        signal,
      },
    ),
  );
  const checks = networkPolicyChecks(measurement).filter(({ id }) => evaluated.includes(id));
  const cluster = { api: environment.api, namespace, release, rolloutDeadlineMs: 0 };
  const results = await runChecks(checks, { inputs: { cluster }, missing: {} }, { signal });
  const red = results.filter(({ verdict }) => isFailure(verdict));
  return {
    exitCode: red.length > 0 ? 1 : 0,
    red: red.map(({ check }) => check.id),
    warned: [],
    words: red.map(({ check, verdict }) => `${check.id}: ${wordsOf(verdict)}`).join('\n'),
    durationMs: performance.now() - started,
  };
}

function wordsOf(verdict: Verdict): string {
  if (verdict.outcome !== 'violated' && verdict.outcome !== 'unknown') {
    return verdict.outcome;
  }
  const evidence = verdict.outcome === 'violated' ? (verdict.evidence ?? []) : [];
  return [`${verdict.observed}; ${verdict.hint}`, ...evidence].join('\n');
}

export async function valuesInstead(
  context: ReleaseContext,
  change: (values: PolicyValues) => PolicyValues,
): Promise<Injection> {
  const placement = await placementFor(context);
  const before = placement.values;
  placement.values = change(before);
  return injection(async () => {
    placement.values = before;
  });
}

/** Relaxes Pod Security, which forbids the node's network. */
export async function hostNetworkPod(context: ReleaseContext): Promise<Injection> {
  const { environment, installed, signal } = context;
  const { api, image, request } = environment;
  const placement = await placementFor(context);
  const { namespace } = installed.target;
  const level = (value: string) =>
    api.patch(namespaces, undefined, namespace, {
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': value } },
    });
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    await level('restricted');
  });
  await level('privileged');
  const probePod = stack.use(
    await runProbePod(api, {
      namespace,
      name: 'meho-probe-on-node',
      labels: { ...partLabels(placement.topology).migration },
      ownLabels: request.labels,
      image: image('probe').reference,
      serves: [],
      hostNetwork: true,
      signal,
    }),
  );
  const before = placement.containers;
  placement.containers = new Map([...before, ['migration', probePod.container]]);
  stack.defer(async () => {
    placement.containers = before;
  });
  const resources = stack.move();
  return injection(() => resources.disposeAsync());
}
