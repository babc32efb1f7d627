import { networkPolicy } from './network-policy.ts';
import { registerSuite } from './register.ts';

registerSuite(networkPolicy);
