import { install } from './install.ts';
import { registerSuite } from './register.ts';

registerSuite(install);
