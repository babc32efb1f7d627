import { prSmoke } from './pr-smoke.ts';
import { registerSuite } from './register.ts';

registerSuite(prSmoke);
