import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{accessOf,findAccess}from"./shared-kubeconfig.js";import"./shared-go-yaml.js";import"./shared-parser.js";import"./shared-judge-migration.js";import"./shared-interrupted.js";import"./shared-helpers.js";export{accessOf,findAccess};
