import type { PolicyLook } from '../policy/look.ts';
import type { Check } from './check.ts';
import { policyEnforced } from './checks/policy-enforced.ts';
import { denialsProven, policyMatrix, probesHarmless } from './checks/policy-matrix.ts';

/** network-policy: who may talk to whom, on a cluster that is first seen to enforce anything at all. */
export function networkPolicyChecks(look: PolicyLook): readonly Check[] {
  return [policyEnforced(look), policyMatrix(look), denialsProven(look), probesHarmless(look)];
}
