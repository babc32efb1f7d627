import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { json, serveStub } from '@meho/contract/testing/stub-backplane';
import { serveHttps } from '@meho/core/http/testing/local-server';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, vi } from 'vitest';
import outputSchema from '../report/output.schema.json' with { type: 'json' };
import stepSchema from '../report/step-output.schema.json' with { type: 'json' };
import { cliDeadlineMs, linesOf, type PublishedCli, test } from '../testing/published-cli.ts';
import { contextLine } from './run-context.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(outputSchema);

async function refusing(cli: PublishedCli) {
  const certificate = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  return serveHttps(certificate, json(403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' }));
}

async function kubeconfig(cli: PublishedCli, name: string, port: number, user: object = {}, more: object = {}) {
  const file = path.join(cli.folder, name);
  const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
  const document = {
    'current-context': 'lab',
    clusters: named('cluster', { server: `https://127.0.0.1:${port}`, 'certificate-authority': cli.ca }),
    users: named('user', { token: 'kube-token', ...user }),
    contexts: named('context', { cluster: 'lab', user: 'lab' }),
    ...more,
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

const withCluster = (cli: PublishedCli, port: number, ...more: readonly string[]) => [
  ...cli.installArgs(port).filter((arg) => arg !== '--skip-cluster-checks'),
  ...more,
];
const usingLine = (stdout: string) => linesOf(stdout).filter((line) => line.startsWith('using '));

describe('on the terminal', () => {
  test('the current context of one file, as its own user, is what anybody expects', async ({ cli }) => {
    await using apiServer = await refusing(cli);
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, 'plain', apiServer.port);
    const { stdout } = await cli.run(withCluster(cli, server.port), { KUBECONFIG: file });
    expect(usingLine(stdout)).toEqual([]);
  });

  test('an impersonation is said in one line', async ({ cli }) => {
    await using apiServer = await refusing(cli);
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, 'as', apiServer.port, { as: 'bob', 'as-groups': ['ops', 'dev'], 'as-uid': '5' });
    const { stdout } = await cli.run(withCluster(cli, server.port), { KUBECONFIG: file });
    expect(usingLine(stdout)).toEqual([
      `using context lab of ${file}, user lab (token); as bob (UID 5; groups ops, dev)`,
    ]);
  });

  test.each([
    ['https://10.0.0.1:6443/', 'without checking whose server it is'],
    ['http://10.0.0.1:8080/', 'over plain HTTP, without TLS'],
  ])('what protects nothing is said as what it is: %s', (server, said) => {
    const place = { from: 'kubeconfig', server, files: ['lab.yaml'], context: 'lab' } as const;
    const cluster = { ...place, user: 'ci', credentials: 'none', unverified: true } as const;
    expect(contextLine({ cluster })).toBe(`using context lab of lab.yaml, user ci (no credentials); ${said}`);
  });

  test('names can forge no line of it', async ({ cli }) => {
    await using apiServer = await refusing(cli);
    await using server = await serveStub(cli.authority);
    const forged = 'x\n[ok] forged \u001b[2J';
    const file = await kubeconfig(
      cli,
      'forged',
      apiServer.port,
      { as: 'bob' },
      {
        'current-context': forged,
        contexts: [{ name: forged, context: { cluster: 'lab', user: 'lab' } }],
      },
    );
    const { stdout } = await cli.run(withCluster(cli, server.port), { KUBECONFIG: file });
    expect(usingLine(stdout)).toHaveLength(1);
    expect(stdout).not.toContain('\u001b');
    expect(linesOf(stdout).filter((line) => line.startsWith('[ok] forged'))).toEqual([]);
  });

  test('several files, one that is missing, another context', async ({ cli }) => {
    await using apiServer = await refusing(cli);
    await using server = await serveStub(cli.authority);
    const first = await kubeconfig(cli, 'first', apiServer.port);
    const second = await kubeconfig(
      cli,
      'second',
      apiServer.port,
      {},
      {
        contexts: [{ name: 'other', context: { cluster: 'lab', user: 'lab' } }],
      },
    );
    const missing = path.join(cli.folder, 'missing');
    const list = { KUBECONFIG: [first, second].join(path.delimiter) };
    const both = await cli.run(withCluster(cli, server.port), list);
    expect(usingLine(both.stdout)).toEqual([
      `using context lab of ${first}, ${second}, user lab (token); several files`,
    ]);
    const one = await cli.run(withCluster(cli, server.port, '--context', 'other'), {
      KUBECONFIG: [missing, first, second].join(path.delimiter),
    });
    expect(usingLine(one.stdout)).toEqual([
      `using context other of ${first}, ${second}, user lab (token); ${missing} of KUBECONFIG not there; not the current context`,
    ]);
  });
});

describe('in the document', () => {
  test('it always stands, and holds no secret', async ({ cli }) => {
    await using apiServer = await refusing(cli);
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, 'document', apiServer.port, { as: 'bob', 'as-user-extra': { scopes: ['all'] } });
    const { stdout } = await cli.run(withCluster(cli, server.port, '--output', 'json'), { KUBECONFIG: file });
    const valid = ajv.getSchema('https://meho.io/schemas/acceptance/verifier-output-1.json');
    const document: unknown = JSON.parse(stdout);
    expect(valid?.(document), JSON.stringify(valid?.errors)).toBe(true);
    expect(document).toMatchObject({
      taken: {
        cluster: {
          from: 'kubeconfig',
          server: `https://127.0.0.1:${apiServer.port}/`,
          files: [file],
          context: 'lab',
          user: 'lab',
          credentials: 'token',
          impersonated: { user: 'bob', extra: ['scopes'] },
        },
      },
    });
    expect(stdout).not.toContain('kube-token');
  });

  test('without a cluster as well', async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    const { stdout } = await cli.run(cli.installArgs(server.port, '--output', 'json'));
    expect(JSON.parse(stdout)).toMatchObject({ taken: {} });
  });

  test('also in that of commands that make things', async ({ cli }) => {
    await using apiServer = await refusing(cli);
    const file = await kubeconfig(cli, 'steps', apiServer.port);
    const { stdout } = await cli.run(['rke2-access', '--kubeconfig', file, '--output', 'json']);
    const valid = ajv.compile(stepSchema);
    const document: unknown = JSON.parse(stdout);
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true);
    expect(document).toMatchObject({ taken: { cluster: { context: 'lab', credentials: 'token' } } });
  });
});

test('a variable by which helm would ask as someone else is refused by its name', async ({ cli }) => {
  const file = await kubeconfig(cli, 'helm', 1);
  const { exitCode, stderr } = await cli.run(['pr-smoke', '--pr', '7', '--image-tag', 'x', '--kubeconfig', file], {
    HELM_KUBEASUSER: 'mallory',
    HELM_KUBECONTEXT: 'other',
  });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('HELM_KUBEASUSER: helm would not ask the cluster as the kubeconfig says');
  expect(stderr).toContain('HELM_KUBECONTEXT: ');
});
