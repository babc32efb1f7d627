import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check } from '../check.ts';
import { notAsked, promiseCheck, skipsOf } from '../judging/policy-promise.ts';

/** Contract, NetworkPolicy objects and probes agree, flow by flow. */
export function policyMatrix(measurement: PolicyMeasurement): Check<'cluster'> {
  return promiseCheck(measurement, {
    id: 'policy-matrix',
    title: 'Who may talk to whom is what the contract declares',
    expected: 'every flow as the contract declares it, as the NetworkPolicy objects say and as the probe sees',
    of: ({ declared }) => declared.about === undefined,
    holds: (cells, skipped) => {
      const open = cells.filter(({ observed }) => observed.answer === 'connected').length;
      const agree = `${cells.length} flows, ${open} open and ${cells.length - open} closed, agree in all three tables`;
      return { outcome: 'holds', observed: [agree, ...notAsked(skipped)].join('; '), evidence: skipsOf(skipped) };
    },
  });
}
