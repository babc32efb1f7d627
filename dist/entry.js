import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{interruptions}from"./shared-entry.js";import"./shared-interrupted.js";import"./shared-helpers.js";export{interruptions};
