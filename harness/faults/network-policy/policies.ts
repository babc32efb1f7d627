import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { Problem } from '@meho/core/problem';
import { selectorOf } from '@meho/helm/subject';
import { type Json, networkPolicies } from '@meho/kube/api/resource';
import type { Topology } from '@meho/network-policy/topology';
import { type Fault, type Injection, injection, type ReleaseContext } from '../fault.ts';
import { placementFor } from './scenery.ts';

export type Policy = Json<V1NetworkPolicy>;
export type Spec = NonNullable<Policy['spec']>;

export type Part = 'backplane' | 'broadcast';

/** Finds a part's policy by its labels. */
async function policyOf({ environment, installed }: ReleaseContext, part: Part): Promise<Policy & { name: string }> {
  const { namespace } = installed.target;
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

export interface Rewritten {
  readonly id: string;
  readonly title: string;
  /** Names the rule and what is wrong with it. */
  readonly says: RegExp;
  readonly part?: Part;
  readonly rewrite: (spec: Spec, scene: Topology) => object;
  /** Ids of failing checks; by default `policy-matrix` alone. */
  readonly red?: readonly string[];
  /** Merge patch that removes what `rewrite` added; lists and values are restored anyway. */
  readonly added?: object;
}

export function rewritten({ id, title, says, red, part = 'backplane', rewrite, added = {} }: Rewritten): Fault {
  return {
    id,
    title,
    expectRed: red ?? ['policy-matrix'],
    says,
    inject: async (context): Promise<Injection> => {
      const { api } = context.environment;
      const { namespace } = context.installed.target;
      const { name, spec } = await policyOf(context, part);
      if (spec === undefined) {
        throw new Error(`NetworkPolicy ${name} has no spec`);
      }
      const patch = (change: object) => api.patch(networkPolicies, namespace, name, { spec: change });
      const { topology } = await placementFor(context);
      await patch(rewrite(spec, topology));
      return injection(async () => {
        const { podSelector: _, ...lists } = spec;
        await patch({ ingress: null, egress: null, ...lists, ...added });
      });
    },
  };
}

/** `undefined` removes the rule. */
export function egressTo(port: number, change: (rule: Rule) => object | undefined) {
  return ({ egress = [] }: Spec) => ({ egress: changed(egress, port, change) });
}

export function ingressOn(port: number, change: (rule: Rule) => object | undefined) {
  return ({ ingress = [] }: Spec) => ({ ingress: changed(ingress, port, change) });
}

export interface Rule {
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
  readonly to?: readonly object[];
  readonly from?: readonly object[];
}

function changed(rules: readonly object[], port: number, change: (rule: Rule) => object | undefined): object[] {
  // The client's types rename `from`.
  const own = rules as readonly Rule[];
  if (!own.some(({ ports }) => ports?.some((each) => each.port === port))) {
    throw new Error(`no rule is about port ${port}`);
  }
  return own.flatMap((rule) => (rule.ports?.some((each) => each.port === port) ? (change(rule) ?? []) : rule));
}
