import { greenCounter } from './green-counter.ts';
import { registerBareSuite } from './register.ts';

registerBareSuite(greenCounter);
