import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check } from './check.ts';
import { type CheckList, checksOf } from './check-list.ts';
import { broadcastConfined } from './checks/policy-broadcast.ts';
import { denialsProven } from './checks/policy-denials.ts';
import { dnsConfined } from './checks/policy-dns.ts';
import { policyEnforced } from './checks/policy-enforced.ts';
import { policyMatrix } from './checks/policy-matrix.ts';
import { probesHarmless } from './checks/policy-untouched.ts';

/** Apart from `checks.ts`, so that a verdict of the others loads nothing of the matrix. */
export const networkPolicyList = {
  'policy-enforced': policyEnforced,
  'policy-matrix': policyMatrix,
  'policy-broadcast': broadcastConfined,
  'policy-dns': dnsConfined,
  'policy-denials': denialsProven,
  'policy-untouched': probesHarmless,
} as const satisfies CheckList<PolicyMeasurement>;

export function networkPolicyChecks(measurement: PolicyMeasurement): readonly Check[] {
  return checksOf(networkPolicyList, measurement);
}

/** Promises that charts in the field may lack (`--accept`). */
export const ACCEPTABLE = {
  'policy-broadcast': 'the broadcast is open to pods beside the backplane, or calls others',
  'policy-dns': "the backplane's DNS rule is wider than the cluster's own servers by 53/UDP",
} as const;

export type AcceptableId = keyof typeof ACCEPTABLE;
