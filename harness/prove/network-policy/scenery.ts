import { fails, type Verdict } from '../../contract/check.ts';
import { networkPolicyChecks } from '../../contract/network-policy.ts';
import { runChecks } from '../../contract/run-checks.ts';
import { sceneOf, startPolicyLab } from '../../environment/policy-lab.ts';
import { lookAt, placeAround, policyValuesOf } from '../../environment/policy-release.ts';
import { namespaces } from '../../kube/resource.ts';
import { declare, type PolicyValues } from '../../policy/declare.ts';
import { observeMatrix } from '../../policy/observe-matrix.ts';
import { startGuest } from '../../policy/probe/guest.ts';
import type { Placed } from '../../policy/probe/place.ts';
import { dialectOf } from '../../policy/read-world.ts';
import { partLabels, type Scene } from '../../policy/scene.ts';
import { type Injected, injected, type ProveContext } from '../story.ts';
import type { Seen } from '../verdict.ts';

/** The probes around a story's release: placed once, and what faults put in place of the usual. */
interface Scenery {
  readonly scene: Scene;
  readonly placed: Placed;
  readonly dialect: ReturnType<typeof dialectOf>;
  values: PolicyValues;
  stands: Placed['stands'];
}

const sceneries = new WeakMap<ProveContext, Promise<Scenery>>();
/** Controls and the pods' own state are about a cluster, not about rules. */
const asked = ['policy-enforced', 'policy-matrix', 'policy-broadcast', 'policy-dns'];
/** One lost packet is borne; a denial costs this much. */
const timeoutMs = 1_500;

export function sceneAround(context: ProveContext): Promise<Scenery> {
  const known = sceneries.get(context) ?? setUp(context);
  sceneries.set(context, known);
  return known;
}

async function setUp({ environment, installed, signal, defer }: ProveContext): Promise<Scenery> {
  const lab = await startPolicyLab(environment, signal);
  defer(async () => lab[Symbol.asyncDispose]());
  const values = await policyValuesOf(environment, installed.site, signal);
  const scene = sceneOf(environment, installed.site, lab, values);
  const placed = await placeAround(environment, scene, signal);
  defer(async () => placed[Symbol.asyncDispose]());
  const dialect = dialectOf((await environment.cluster.describe()).policyEngine);
  return { scene, placed, dialect, values, stands: placed.stands };
}

/**
 * Makes the checks of the matrix in this process, by probes that stay in their places: a verifier of its own for each
 * fault would spend its time on placing them. Without the controls, which are about a cluster rather than about rules.
 */
export async function see(context: ProveContext): Promise<Seen> {
  const started = performance.now();
  const { environment, installed, signal } = context;
  const { placed, dialect, values, stands } = await sceneAround(context);
  const { namespace } = installed.site;
  const { release } = environment.request.subject;
  const look = lookAt(placed, () =>
    observeMatrix(
      environment.api,
      { ...placed, stands },
      {
        declare: declare(values, { namespace, release }),
        dialect,
        controls: undefined,
        // A pod that isn't ready is behind no Service, which is another thing than a policy.
        only: (_, target) => target.reachedBy === 'pod IP' || target.reachedBy === 'address',
        timeoutMs,
        signal,
      },
    ),
  );
  const checks = networkPolicyChecks(look).filter(({ id }) => asked.includes(id));
  const cluster = { api: environment.api, namespace, release, rolloutDeadlineMs: 0 };
  const results = await runChecks(checks, { given: { cluster }, missing: {} }, { signal });
  const red = results.filter(({ verdict }) => fails(verdict));
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

/** The contract is told other values than the release was made with. */
export async function valuesInstead(
  context: ProveContext,
  change: (values: PolicyValues) => PolicyValues,
): Promise<Injected> {
  const scenery = await sceneAround(context);
  const before = scenery.values;
  scenery.values = change(before);
  return injected(async () => {
    scenery.values = before;
  });
}

/** A pod with the migration's labels on the node's own network, which PodSecurity would not let in. */
export async function hostNetworkPod(context: ProveContext): Promise<Injected> {
  const { environment, installed, signal } = context;
  const { api, image, request } = environment;
  const scenery = await sceneAround(context);
  const { namespace } = installed.site;
  const level = (value: string) =>
    api.patch(namespaces, undefined, namespace, {
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': value } },
    });
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    await level('restricted');
  });
  await level('privileged');
  const guest = stack.use(
    await startGuest(api, {
      namespace,
      name: 'meho-probe-on-node',
      labels: { ...partLabels(scenery.scene).migration },
      ownLabels: request.labels,
      image: image('probe').reference,
      serves: [],
      hostNetwork: true,
      signal,
    }),
  );
  const before = scenery.stands;
  scenery.stands = new Map([...before, ['migration', guest.stand]]);
  stack.defer(async () => {
    scenery.stands = before;
  });
  const resources = stack.move();
  return injected(() => resources.disposeAsync());
}
