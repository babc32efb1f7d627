import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{Client,Connection,DatabaseError,Pool,Query,Result,TypeOverrides,defaults,escapeIdentifier,escapeLiteral,esm_default,types}from"./shared-client.js";import"./shared-helpers.js";export{Client,Connection,DatabaseError,Pool,Query,Result,TypeOverrides,esm_default as default,defaults,escapeIdentifier,escapeLiteral,types};
