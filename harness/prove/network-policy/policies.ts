import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { selectorOf } from '../../contract/subject.ts';
import { type Json, networkPolicies } from '../../kube/resource.ts';
import type { Scene } from '../../policy/scene.ts';
import { Problem } from '../../problem.ts';
import { type Fault, type Injected, injected, type ProveContext } from '../story.ts';
import { sceneAround } from './scenery.ts';

export type Policy = Json<V1NetworkPolicy>;
export type Spec = NonNullable<Policy['spec']>;

/** Which policy of the release. */
export type Part = 'backplane' | 'broadcast';

/** The release's policy for one of its parts, by its labels. */
async function policyOf({ environment, installed }: ProveContext, part: Part): Promise<Policy & { name: string }> {
  const { namespace } = installed.site;
  const labels = selectorOf({ namespace, release: environment.request.subject.release }, part);
  const { items } = await environment.api.list(networkPolicies, { namespace, labels });
  const [only] = items;
  const name = only?.metadata?.name;
  if (only === undefined || name === undefined || items.length !== 1) {
    throw new Problem({
      expected: `one NetworkPolicy of the release with component ${part}`,
      observed: `there are ${items.length}`,
      next: `kubectl -n ${namespace} get networkpolicies --show-labels`,
    });
  }
  return { ...only, name };
}

/** What a fault of a policy is made of. */
export interface Rewritten {
  readonly id: string;
  readonly title: string;
  /** What the verdict must say: the rule by its name, and what is wrong with it. */
  readonly says: RegExp;
  readonly part?: Part;
  readonly rewrite: (spec: Spec, scene: Scene) => object;
  /** Ids of the checks that go red, where it isn't the matrix' own alone. */
  readonly red?: readonly string[];
  /** What takes back a member that `rewrite` has added; lists and values are put back as they were. */
  readonly added?: object;
}

/** A policy of the release that says something else until it is taken back. */
export function rewritten({ id, title, says, red, part = 'backplane', rewrite, added = {} }: Rewritten): Fault {
  return {
    id,
    title,
    expectRed: red ?? ['policy-matrix'],
    says,
    inject: async (context): Promise<Injected> => {
      const { api } = context.environment;
      const { namespace } = context.installed.site;
      const { name, spec } = await policyOf(context, part);
      if (spec === undefined) {
        throw new Error(`NetworkPolicy ${name} has no spec`);
      }
      const patch = (change: object) => api.patch(networkPolicies, namespace, name, { spec: change });
      const { scene } = await sceneAround(context);
      await patch(rewrite(spec, scene));
      return injected(async () => {
        const { podSelector: _, ...lists } = spec;
        await patch({ ingress: null, egress: null, ...lists, ...added });
      });
    },
  };
}

/** The egress rules with the one that calls this port given another shape, or taken out. */
export function egressTo(port: number, change: (rule: Rule) => object | undefined) {
  return ({ egress = [] }: Spec) => ({ egress: changed(egress, port, change) });
}

/** The same for ingress rules. */
export function ingressOn(port: number, change: (rule: Rule) => object | undefined) {
  return ({ ingress = [] }: Spec) => ({ ingress: changed(ingress, port, change) });
}

/** A rule as JSON has it. */
export interface Rule {
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
  readonly to?: readonly object[];
  readonly from?: readonly object[];
}

function changed(rules: readonly object[], port: number, change: (rule: Rule) => object | undefined): object[] {
  // The API's own names: the client's types call `from` something else.
  const own = rules as readonly Rule[];
  if (!own.some(({ ports }) => ports?.some((each) => each.port === port))) {
    throw new Error(`no rule is about port ${port}`);
  }
  return own.flatMap((rule) => (rule.ports?.some((each) => each.port === port) ? (change(rule) ?? []) : rule));
}
