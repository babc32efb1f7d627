import type { FaultSuite } from './fault.ts';
import { faults } from './network-policy/faults.ts';
import { evaluate } from './network-policy/scenery.ts';

export const networkPolicy: FaultSuite = {
  name: 'network-policy',
  verifier: 'network-policy',
  evaluate,
  healthyAgain: 'at the end',
  healthyCommandLine: () => Promise.reject(new Error('the checks are made in this process')),
  faults,
};
