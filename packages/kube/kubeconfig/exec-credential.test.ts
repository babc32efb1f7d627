import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serveHttps } from '@meho/core/http/testing/local-server';
import { createSelfSigned } from '@meho/core/http/testing/self-signed';
import { UsageError } from '@meho/core/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { KubeApi } from '../api/api.ts';
import { findAccess } from './access.ts';
import { execIdentity, pluginOf } from './exec-credential.ts';

const signal = new AbortController().signal;
const v1 = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
let folder: string;
let counter = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'exec-credential-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Counts its calls in `calls` and in its tokens. */
async function countingPlugin(): Promise<{ readonly command: string; readonly calls: () => Promise<number> }> {
  counter += 1;
  const command = path.join(folder, `plugin-${counter}`);
  const status = '{"token":"token-\'$(wc -l < "$0.calls")\'"}';
  const answer = `{"apiVersion":"${v1.apiVersion}","kind":"ExecCredential","status":${status}}`;
  await writeFile(command, `#!/bin/sh\necho call >> "$0.calls"\necho '${answer}'\n`);
  await chmod(command, 0o755);
  return { command, calls: async () => (await readFile(`${command}.calls`, 'utf8')).split('\n').length - 1 };
}

async function accessBy(command: string, server: string, ca: string) {
  counter += 1;
  const file = path.join(folder, `config-${counter}`);
  const cluster = {
    server,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
    'tls-server-name': 'kube',
  };
  const config = {
    clusters: [{ name: 'lab', cluster }],
    users: [{ name: 'lab', user: { exec: { ...v1, command } } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  };
  await writeFile(file, stringify(config));
  const access = await findAccess({ file, signal });
  if (access === undefined) {
    throw new Error('there is no access');
  }
  return access;
}

describe('a server that refuses what a plugin gave (401)', () => {
  const serve = async (taken: string) => {
    const asked: string[] = [];
    const keyPair = await createSelfSigned('kube');
    const server = await serveHttps(keyPair, (request, response) => {
      asked.push(request.headers.authorization ?? '');
      response.writeHead(request.headers.authorization === `Bearer ${taken}` ? 200 : 401).end('fine');
    });
    return { asked, ca: keyPair.certificatePem, server, url: `https://127.0.0.1:${server.port}` };
  };

  test('has the plugin asked again, though it gave no time at which they run out', async () => {
    const { server, asked, ca, url } = await serve('token-2');
    await using _ = server;
    const { command, calls } = await countingPlugin();
    using api = new KubeApi(await accessBy(command, url, ca));
    expect(await api.text('/readyz')).toBe('fine');
    expect(asked).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(await api.text('/readyz')).toBe('fine');
    expect(await calls()).toBe(2);
  });

  test('once for all requests that were under way, and no more where that is refused as well', async () => {
    const { server, ca, url } = await serve('none');
    await using _ = server;
    const { command, calls } = await countingPlugin();
    using api = new KubeApi(await accessBy(command, url, ca));
    const answers = await Promise.allSettled([api.text('/a'), api.text('/b'), api.text('/c')]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await calls()).toBeLessThanOrEqual(4);
  });
});

describe('what a plugin says before it fails', () => {
  const saidBy = async (script: string, exec: object = {}) => {
    counter += 1;
    const command = path.join(folder, `plugin-${counter}`);
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    const user = { description: 'context lab of F', name: 'ci' };
    const target = {
      ...{ server: 'https://kube', tlsServerName: '', skipsVerification: false, ca: undefined },
      ...{ proxyUrl: '', disablesCompression: false, config: undefined },
    };
    const plugin = pluginOf({ ...v1, command, ...exec }, user);
    const error: unknown = await execIdentity(plugin, { ...user, folder, target, signal, hasTerminal: false }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UsageError);
    return error instanceof UsageError ? error.problems.join('\n') : '';
  };

  test('is shown by its last lines', async () => {
    const said = await saidBy('for n in 1 2 3 4 5; do echo "line $n" >&2; done; exit 7');
    expect(said).toBe(
      `context lab of F: the exec plugin of user ci ended with exit code 7 (plugin-${counter}); its last words: line 3 | line 4 | line 5`,
    );
  });

  test('also where it ends as if nothing were wrong, or is killed', async () => {
    expect(await saidBy('echo "token cache is broken" >&2')).toContain(
      'printed something other than JSON; its last words: token cache is broken',
    );
    expect(await saidBy('echo "out of memory" >&2; kill -9 $$')).toContain(
      `was ended by SIGKILL (plugin-${counter}); its last words: out of memory`,
    );
  });

  test('without what the kubeconfig gave it, and without tokens', async () => {
    const token = `eyJ${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${'a'.repeat(40)}.b`;
    const said = await saidBy(
      `echo "login of $2 with $SECRET and --key=$3 failed: ${token} ${'f'.repeat(64)}" >&2; exit 1`,
      {
        args: ['login', 'ada@example.com', 'hunter2-hunter2'],
        env: [{ name: 'SECRET', value: 'env-secret' }],
      },
    );
    expect(said).toContain(
      'its last words: login of [redacted] with [redacted] and --key=[redacted] failed: [redacted token] [redacted]',
    );
  });

  test.each([
    ['a pair', 'login failed: password=SECRET', 'login failed: password=[redacted]'],
    ['a word for a password', 'password: hunter', 'password: [redacted]'],
    ['JSON', '{"error":"x","refresh_token":"SECRET"}', '{"error":"x","refresh_token":"[redacted]"}'],
    ['JSON in JSON', '{"a":"{\\"token\\":\\"SECRET\\"}"}', '{"a":"{\\"token\\":\\"[redacted]\\"}"}'],
    ['a sentence', 'got token SECRET for ada', 'got token [redacted] for ada'],
    ['a header', 'Authorization: Bearer SECRET', 'Authorization: Bearer [redacted]'],
    ['a URL', 'POST https://ada:SECRET@issuer/token failed', 'POST https://[redacted]@issuer/token failed'],
    ['a variable', 'VAULT_TOKEN: SECRET', 'VAULT_TOKEN: [redacted]'],
    ['a known shape', 'used ghp_abcdefghijklmnopqrstuvwxyz0123', 'used [redacted token]'],
    ['no secret', 'invalid token: expired', 'invalid token: expired'],
    ['no secret either', 'could not open /home/a/.kube/cache/token', 'could not open /home/a/.kube/cache/token'],
    ['a moment', 'the token expired at 2026-11-30T10:00:00Z', 'the token expired at 2026-11-30T10:00:00Z'],
  ])('without what it has got by itself: %s', async (_name, printed, shown) => {
    const text = printed.replaceAll('SECRET', 'Tr0ub4dor-x9Zq');
    const said = await saidBy(`cat >&2 <<'E'\n${text}\nE\necho "$TEXT" ; exit 1`);
    expect(said).toContain(`its last words: ${shown}`);
    expect(said).not.toContain('Tr0ub4dor');
  });

  test('a command with its arguments in it shows its program alone', async () => {
    const said = await saidBy('exit 0', { command: 'aws --secret abcdef' });
    expect(said).toContain("can't be run (aws)");
    expect(said).not.toContain('abcdef');
  });
});

test('a plugin that must ask a person is refused where there is no terminal', async () => {
  const user = { description: 'context lab of F', name: 'ci' };
  const plugin = pluginOf({ ...v1, interactiveMode: 'Always', command: 'true' }, user);
  const target = {
    ...{ server: 'https://kube', tlsServerName: '', skipsVerification: false, ca: undefined },
    ...{ proxyUrl: '', disablesCompression: false, config: undefined },
  };
  await expect(execIdentity(plugin, { ...user, folder, target, signal, hasTerminal: false })).rejects.toThrow(
    'wants to ask a person (interactiveMode Always), but standard input is not a terminal',
  );
});
