import type { PolicyLook } from '../policy/look.ts';
import type { Check } from './check.ts';
import { policyEnforced } from './checks/policy-enforced.ts';
import { broadcastConfined, denialsProven, dnsConfined, policyMatrix, probesHarmless } from './checks/policy-matrix.ts';

/** network-policy: who may talk to whom, on a cluster that is first seen to enforce anything at all. */
export function networkPolicyChecks(look: PolicyLook): readonly Check[] {
  return [
    policyEnforced(look),
    policyMatrix(look),
    broadcastConfined(look),
    dnsConfined(look),
    denialsProven(look),
    probesHarmless(look),
  ];
}

/** What whoever runs the verifier may accept, by `--accept`: promises that charts in the field don't make. */
export const ACCEPTABLE = {
  'policy-broadcast': 'the broadcast is open to pods beside the backplane, or calls others',
  'policy-dns': "the backplane's DNS rule is wider than the cluster's own servers by 53/UDP",
} as const;

export type AcceptableId = keyof typeof ACCEPTABLE;
