import { expect, test } from 'vitest';
import { UsageError } from '../problem.ts';
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

const answerOf = (script: string) =>
  execIdentity(
    pluginOf(
      {
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: 'Never',
        command: 'sh',
        args: ['-c', script],
      },
      user,
    ),
    user,
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
  expect(performance.now() - started).toBeLessThan(5_000);
});
