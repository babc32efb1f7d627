import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check } from '../check.ts';
import { agreeing, promiseCheck } from '../judging/policy-promise.ts';

/** May be accepted, because a field chart may open its broadcast to every pod (contract, "Two dialects"). */
export function broadcastConfined(measurement: PolicyMeasurement): Check<'cluster'> {
  return promiseCheck(measurement, {
    id: 'policy-broadcast',
    title: 'The broadcast is reached by the backplane alone, and calls nobody',
    expected: 'every flow from and to the broadcast as the contract declares it',
    acceptable: true,
    of: ({ declared }) => declared.about === 'broadcast',
    holds: (cells) => agreeing(cells, 'no flow from or to a broadcast of the release was probed'),
  });
}
