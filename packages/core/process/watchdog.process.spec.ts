import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { Sleeper } from './testing/sleepers.ts';

// Reads /proc.
const onLinux = test.skipIf(process.platform !== 'linux');

const moduleOf = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

function started(script: string): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

const runs = (script: string) => `
  import { run } from ${moduleOf('./run.ts')};
  const { stdout } = await run('sh', ['-c', ${JSON.stringify(script)}], { timeoutMs: 60_000 });
  console.log(stdout);`;

onLinux('killed without a word, we leave no child behind, nor a child’s, wherever it went', async () => {
  const [below, away] = [new Sleeper(), new Sleeper()];
  const us = started(runs(`setsid sh -c '${away.command} & ' ; trap '' TERM HUP INT; ${below.command}; true`));
  await Promise.all([below.untilThere(), away.untilThere()]);
  us.kill('SIGKILL');
  await Promise.all([below.untilGone(), away.untilGone()]);
});

onLinux('killed with our whole process group as well', async () => {
  const sleeper = new Sleeper();
  const script = runs(`setsid ${sleeper.command}; true`);
  const us = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio: 'ignore' });
  await sleeper.untilThere();
  process.kill(-(us.pid ?? Number.NaN), 'SIGKILL');
  await sleeper.untilGone();
});

onLinux('at the end of a process that ends by itself, what is finished is left alone', async () => {
  const daemon = new Sleeper();
  const us = started(runs(`setsid ${daemon.command} </dev/null >/dev/null 2>&1 & echo done`));
  const [code] = await once(us, 'exit');
  expect(code).toBe(0);
  await daemon.untilThere();
});

onLinux('without /proc the tree below the child is ended', async () => {
  const [first, second, finished] = [new Sleeper(), new Sleeper(), new Sleeper()];
  const us = started(`
    import { spawn } from 'node:child_process';
    import { newChildMark } from ${moduleOf('./child-mark.ts')};
    import { Watchdog } from ${moduleOf('./watchdog.ts')};
    const watchdog = new Watchdog('/there/is/none');
    const start = (script) => {
      const watched = watchdog.watch(newChildMark());
      watched.runsAs(spawn('sh', ['-c', 'sh -c "' + script + '; true"; true'], { stdio: 'ignore' }).pid);
      return watched;
    };
    start(${JSON.stringify(first.command)});
    start(${JSON.stringify(finished.command)})[Symbol.dispose]();
    start(${JSON.stringify(second.command)});
    setInterval(() => undefined, 1000);`);
  await Promise.all([first.untilThere(), second.untilThere(), finished.untilThere()]);
  us.kill('SIGKILL');
  await Promise.all([first.untilGone(), second.untilGone()]);
  expect(await finished.pids()).toHaveLength(1);
});
