import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{auditLogOf,databaseProblem,secretsOfUrl}from"./shared-session.js";import"./shared-judge-migration.js";import"./shared-interrupted.js";import"./shared-helpers.js";export{auditLogOf,databaseProblem,secretsOfUrl};
