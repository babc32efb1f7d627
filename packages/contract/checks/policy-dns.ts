import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check } from '../check.ts';
import { agreeing, promiseCheck } from '../judging/policy-promise.ts';

/** Acceptable: a field chart may allow more DNS than the cluster's. */
export function dnsConfined(measurement: PolicyMeasurement): Check<'cluster'> {
  return promiseCheck(measurement, {
    id: 'policy-dns',
    title: "DNS goes to the cluster's own servers alone, by 53/UDP",
    expected: "port 53 closed to the backplane and its migration, but for 53/UDP of kube-system's kube-dns pods",
    acceptable: true,
    of: ({ declared }) => declared.about === 'dns',
    holds: (cells) => agreeing(cells, 'no flow to port 53 was probed that the contract closes'),
  });
}
