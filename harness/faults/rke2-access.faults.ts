import { registerSuite } from './register.ts';
import { rke2Access } from './rke2-access.ts';

registerSuite(rke2Access);
