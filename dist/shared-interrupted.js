import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
var Interrupted=class extends Error{exitCode;constructor(signal){super(signal==="SIGPIPE"?"nobody reads what is said any more (SIGPIPE)":`interrupted by ${signal}`),this.name="Interrupted",this.exitCode=exitCodes[signal]}},exitCodes={SIGHUP:129,SIGINT:130,SIGPIPE:141,SIGTERM:143},BrokenOff=class extends Error{constructor(why,options){super(why,options),this.name="BrokenOff"}};export{Interrupted,BrokenOff};
