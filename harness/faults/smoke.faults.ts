import { registerSuite } from './register.ts';
import { smoke } from './smoke.ts';

registerSuite(smoke);
