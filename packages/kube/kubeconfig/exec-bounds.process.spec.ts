import { UsageError } from '@meho/core/problem';
import { Sleeper } from '@meho/core/process/testing/sleepers';
import { expect, test } from 'vitest';
import { type ExecUser, execIdentity, pluginOf } from './exec-credential.ts';

const user: ExecUser = {
  description: 'context c of kc',
  name: 'u',
  folder: '/',
  target: {
    server: 'https://127.0.0.1:1',
    tlsServerName: '',
    skipsVerification: false,
    ca: undefined,
    proxyUrl: '',
    disablesCompression: false,
    config: undefined,
  },
  signal: new AbortController().signal,
  hasTerminal: false,
};

const answerOf = (script: string, mode = 'Never', more: Partial<ExecUser> = {}) =>
  execIdentity(
    pluginOf(
      {
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: mode,
        command: 'sh',
        args: ['-c', script],
      },
      user,
    ),
    { ...user, ...more },
  );

const credential = JSON.stringify({
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  status: { token: 'the-token' },
});

test('a plugin that prints for ever is ended at the bound, which is said', async () => {
  const before = process.memoryUsage().rss;
  const error: unknown = await answerOf('yes; true').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({
    problems: ['context c of kc: the exec plugin of user u printed more than 1048576 characters (sh)'],
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

test('one whose child holds its streams has answered when it has ended', async () => {
  const started = performance.now();
  const identity = await answerOf(`sleep 60 & echo '${credential}'`);
  expect(await identity.credentials()).toMatchObject({ token: 'the-token' });
  expect(performance.now() - started).toBeLessThan(20_000);
});

test.each([
  ['Never', true, /had no credentials after 0\.5 s; if it waits for a person, log in first \(sh\)$/],
  ['IfAvailable', false, /had no credentials after 0\.5 s; if it waits for a person, log in first \(sh\)$/],
  ['IfAvailable', true, /waited for a person and had no credentials after 0\.5 s \(sh\)$/],
  ['Always', true, /waited for a person and had no credentials after 0\.5 s \(sh\)$/],
])(
  'interactiveMode %s, a terminal there: %s: its deadline says whom it waited for',
  async (mode, hasTerminal, says) => {
    const sleeper = new Sleeper();
    const error: unknown = await answerOf(`${sleeper.command}; true`, mode, { hasTerminal, deadlineMs: 500 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ problems: [expect.stringMatching(says)] });
    expect(await sleeper.pids()).toEqual([]);
  },
);

test('whatever it does about that, it is ended, and leaves nothing', async () => {
  const scripts: readonly (readonly [string, number])[] = [
    ['COMMAND & kill -STOP $$; true', 1],
    ["trap '' TERM INT HUP; COMMAND; COMMAND", 1],
    ["trap 'exec COMMAND' TERM; COMMAND & wait", 1],
    // Leaves its session and its environment.
    ['env -i setsid COMMAND & COMMAND; true', 2],
    ['exec >&- 2>&-; COMMAND; true', 1],
  ];
  await Promise.all(
    scripts.map(async ([script, sleeping]) => {
      const sleeper = new Sleeper();
      const stop = new AbortController();
      const ended = answerOf(script.replaceAll('COMMAND', sleeper.command), 'Never', { signal: stop.signal }).catch(
        (thrown: unknown) => thrown,
      );
      await sleeper.untilThere(sleeping);
      stop.abort(new Error('interrupted'));
      expect(await ended).toEqual(new Error('interrupted'));
      expect([script, await sleeper.pids()]).toEqual([script, []]);
    }),
  );
});

test('one that may not be run says so, and one that is not there too', async () => {
  const byCommand = (command: string) =>
    execIdentity(
      pluginOf({ apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command }, user),
      user,
    ).catch((thrown: unknown) => thrown);
  expect(await byCommand('/tmp')).toMatchObject({
    problems: ["context c of kc: the exec plugin of user u can't be run (tmp): its permissions forbid it (EACCES)"],
  });
  expect(await byCommand('/no-such-plugin')).toMatchObject({
    problems: ["context c of kc: the exec plugin of user u can't be run (no-such-plugin)"],
  });
});
