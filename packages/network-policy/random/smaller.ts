import type { DrawnPolicies, DrawnPolicy, DrawnRule } from './arbitrary.ts';

/** Every removal of one policy, rule, peer, port or selector, largest first. */
export function smaller(policies: DrawnPolicies): readonly DrawnPolicies[] {
  const fewer = without(policies).filter((left) => left.length > 0);
  return [...fewer, ...each(policies, lighterPolicies)];
}

function lighterPolicies({ side, spec }: DrawnPolicy): readonly DrawnPolicy[] {
  const rules = (name: 'ingress' | 'egress') => {
    const list = spec[name] ?? [];
    return [...without(list), ...each(list, lighterRules)].map((changed) => ({
      side,
      spec: { ...spec, [name]: changed },
    }));
  };
  const selector = Object.keys(spec.podSelector ?? {}).length > 0 ? [{ side, spec: { ...spec, podSelector: {} } }] : [];
  return [...rules('ingress'), ...rules('egress'), ...selector];
}

function lighterRules(rule: DrawnRule): readonly DrawnRule[] {
  return [
    ...without(rule.peers ?? []).map((peers) => ({ ...rule, peers })),
    ...without(rule.ports ?? []).map((ports) => ({ ...rule, ports })),
  ];
}

function without<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.map((_, index) => list.toSpliced(index, 1));
}

function each<T>(list: readonly T[], change: (member: T) => readonly T[]): readonly (readonly T[])[] {
  return list.flatMap((member, index) => change(member).map((changed) => list.with(index, changed)));
}
