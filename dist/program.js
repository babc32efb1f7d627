import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{OLDEST_HELM,describeWait,helmVersion,isSupportedHelm,majorOf}from"./shared-program.js";import"./shared-index.js";import"./shared-judge-migration.js";import"./shared-interrupted.js";import"./shared-helpers.js";export{OLDEST_HELM,describeWait,helmVersion,isSupportedHelm,majorOf};
