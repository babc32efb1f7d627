import path from 'node:path';
import { serveHttp } from '@meho/core/http/testing/local-server';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';

const script = path.join(repositoryRoot, '.github', 'cluster-token.sh');
const requestToken = 'made.up.request-token';

interface Asked {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** The plugin against a made-up GitHub that answers with `body`. */
async function plugin(
  body: string,
  { status = 200, env = {} }: { status?: number; env?: Record<string, string> } = {},
) {
  const asked: Asked[] = [];
  await using server = await serveHttp((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(status).end(body);
  });
  const finished = await run(script, ['rke2-infra.evba.lab'], {
    env: {
      // As GitHub gives it: with a query already.
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${server.port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      ...env,
    },
    timeoutMs: 60_000,
    acceptExitCodes: [1, 22],
  });
  return { ...finished, asked };
}

test('gives the token of the audience, and the time until it has to be asked for again', async () => {
  const before = Date.now();
  const { exitCode, stdout, asked } = await plugin('{"count":1234,"value":"aaa.bbb-b_b.ccc"}');
  expect(exitCode).toBe(0);
  expect(asked).toEqual([
    { url: '/token?api-version=2.0&audience=rke2-infra.evba.lab', authorization: `bearer ${requestToken}` },
  ]);
  const credential = JSON.parse(stdout);
  expect(credential).toMatchObject({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'aaa.bbb-b_b.ccc' },
  });
  const seconds = (Date.parse(credential.status.expirationTimestamp) - before) / 1000;
  // GitHub's tokens live for 300 s.
  expect(seconds).toBeGreaterThan(200);
  expect(seconds).toBeLessThan(270);
});

test.each([
  ['refuses', '{"message":"no"}', { status: 403 }, /403/],
  ['answers without a token', '{"count":0}', {}, /holds no token/],
  ['was never asked for tokens', '{}', { env: { ACTIONS_ID_TOKEN_REQUEST_URL: '' } }, /id-token: write/],
])('says so where GitHub %s, and gives nothing', async (_, body, options, message) => {
  const { exitCode, stdout, stderr } = await plugin(body, options);
  expect(exitCode).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain(requestToken);
});
