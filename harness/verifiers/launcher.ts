import module from 'node:module';

/**
 * The installed command's first file, kept so plain that an old Node can read it and say what is missing. Compiled
 * code is cached from here on, where Node can (22.1 is the first): the rest is loaded after that.
 */
const major = Number(process.versions.node.split('.', 1)[0]);
if (major < 22) {
  process.stderr.write(`error: meho-acceptance needs Node 22 or newer; this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  module.enableCompileCache?.();
  process.exitCode = 2;
  await import('./entry.ts');
  if (!('AsyncDisposableStack' in globalThis)) {
    (await import('./async-disposable-stack.ts')).completeGlobals();
  }
  await import('./main.ts').catch((error: unknown) => {
    process.stderr.write(`error: meho-acceptance can't be loaded: ${String(error)}; install it anew\n`);
  });
}
