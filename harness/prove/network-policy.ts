import { faults } from './network-policy/faults.ts';
import { see } from './network-policy/scenery.ts';
import type { Story } from './story.ts';

/** Who may talk to whom: each rule that is too wide, too narrow or gone is found by the matrix, and named. */
export const networkPolicy: Story = {
  name: 'network-policy',
  verifier: 'network-policy',
  see,
  healthyAgain: 'at the end',
  ask: () => Promise.reject(new Error('the checks are made in this process')),
  faults,
};
