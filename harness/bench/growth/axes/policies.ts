import path from 'node:path';
import type { Axis } from '../axis.ts';
import { callOf } from '../calls.ts';

const script = path.join(import.meta.dirname, '../evaluate-policies.ts');

/** What `network-policy` computes of a cluster's objects; its probes ask a cluster, and don't grow with policies. */
export const policies: Axis = {
  name: 'policies',
  title: 'the policy matrix (5,000 flows) by policies of the cluster',
  unit: 'policies',
  sizes: [3, 30, 300, 1_000],
  law: { msEach: 2, mib: 150 },
  async prepare(place) {
    return async (size) => ({
      ...callOf(place, { args: [], says: /^5000 flows, \d+ open$/m }),
      arguments: ({ tree }) => [script, tree, String(size)],
    });
  },
};
