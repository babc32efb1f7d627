import module from 'node:module';

/**
 * Plain enough for an old Node to read and say what is missing. Caches compiled code (Node >= 22.1), then loads the
 * rest.
 */
const major = Number(process.versions.node.split('.', 1)[0]);
if (major < 22) {
  process.stderr.write(`error: meho-acceptance needs Node 22 or newer; this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  module.enableCompileCache?.();
  process.exitCode = 2;
  await import('@meho/core/command-line/entry');
  if (!('AsyncDisposableStack' in globalThis)) {
    (await import('./async-disposable-stack.ts')).installPolyfill();
  }
  // `action` is for action.yml alone.
  const main = process.argv[2] === 'action' ? import('../action/main.ts') : import('../main.ts');
  await main.catch((error: unknown) => {
    process.stderr.write(`error: meho-acceptance can't be loaded: ${String(error)}; install it anew\n`);
  });
}
