import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import{isFields}from"./shared-judge-migration.js";function listedObjects(object){return isFields(object)&&Array.isArray(object.items)?object.items.flatMap(listedObjects):[object]}export{listedObjects};
