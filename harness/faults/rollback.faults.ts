import { registerSuite } from './register.ts';
import { rollback } from './rollback.ts';

registerSuite(rollback);
