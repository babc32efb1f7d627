import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{writeJunit,writeJunitOf}from"./shared-fxb.js";import"./shared-judge-migration.js";import"./shared-interrupted.js";import"./shared-helpers.js";export{writeJunit,writeJunitOf};
