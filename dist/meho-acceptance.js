#!/usr/bin/env node
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
import module from"node:module";var major=Number(process.versions.node.split(".",1)[0]);major<22?(process.stderr.write(`error: meho-acceptance needs Node 22 or newer; this is ${process.version}
`),process.exitCode=2):(module.enableCompileCache?.(),process.exitCode=2,await import("./entry.js"),"AsyncDisposableStack"in globalThis||(await import("./async-disposable-stack.js")).installPolyfill(),await(process.argv[2]==="action"?import("./main.js"):import("./main-2.js")).catch(error=>{process.stderr.write(`error: meho-acceptance can't be loaded: ${String(error)}; install it anew
`)}));
