import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { json, serveStub } from '@meho/contract/testing/stub-backplane';
import { serveHttps } from '@meho/core/http/testing/local-server';
import type { CommandResult } from '@meho/core/process/run';
import { describe, expect, vi } from 'vitest';
import { cliDeadlineMs, type PublishedCli, test } from './testing/published-cli.ts';
import { purposes } from './verifiers.ts';

vi.setConfig({ testTimeout: 2 * cliDeadlineMs });

/** Runner commands, terminal escapes, forged lines and headings. */
const canary =
  'cnry ##[add-mask]e\n::error::forged\r\n### forged\n[ok] forged\u001b[2J\u009b1m\u202e\u2028\ufffe<b>&forged';
const name = canary.replaceAll('/', '');

function wrongsOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    const seen = line.replace(/\p{Default_Ignorable_Code_Point}/gu, '').trimStart();
    return (
      seen.startsWith('::') ||
      seen.includes('##[') ||
      /^(?:### |\[ok\] |)forged/.test(seen) ||
      /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(line)
    );
  });
}

function escapedUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function expectSafe({ stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>): void {
  expect([wrongsOf(stdout), wrongsOf(stderr)]).toEqual([[], []]);
  expect(stdout + stderr).toContain('cnry');
}

describe.each(Object.keys(purposes))('%s', (verifier) => {
  test.for(['text', 'json'])('a flag, an argument and a file of that name, output %s', async (output, { cli }) => {
    for (const args of [
      [`--${canary}`, `--output=${output}`],
      [canary, `--output=${output}`],
      [`--kubeconfig=${path.join(cli.folder, name)}`, `--cacert=${canary}`, `--namespace=${canary}`],
    ]) {
      const finished = await cli.run([verifier, ...args]);
      expect(finished.exitCode).toBe(2);
      expect([wrongsOf(finished.stdout), wrongsOf(finished.stderr)]).toEqual([[], []]);
      if (output === 'json' && finished.stdout.startsWith('{')) {
        expect(JSON.parse(finished.stdout).exitCode).toBe(2);
      }
    }
  });
});

test("a deployment's answers, in lines, JSON and JUnit", async ({ cli }) => {
  await using server = await serveStub(cli.authority, { '/version': json(200, { git_sha: canary }) });
  const junit = path.join(cli.folder, 'canary.xml');
  const text = await cli.run(cli.installArgs(server.port, `--junit=${junit}`));
  expect(text.exitCode).toBe(1);
  expectSafe(text);
  const xml = await readFile(junit, 'utf8');
  expect(wrongsOf(xml)).toEqual([]);
  expect(xml).toContain('cnry');
  const document = await cli.run(cli.installArgs(server.port, '--output=json'));
  expectSafe(document);
  const { checks } = JSON.parse(document.stdout);
  expect(JSON.stringify(checks)).toContain('cnry ##[add-mask]e');
});

test('names in a kubeconfig', async ({ cli }) => {
  const file = path.join(cli.folder, 'canary-kubeconfig');
  // YAML has no literal form for these.
  const named = (kind: string, value: object) => [{ name: canary, [kind]: value }];
  const document = {
    'current-context': canary,
    clusters: named('cluster', { server: 'https://127.0.0.1:1' }),
    users: named('user', {}),
    contexts: named('context', { cluster: canary, user: canary }),
  };
  const text = JSON.stringify(document).replace(/[^\x20-\x7e]/g, escapedUnit);
  await writeFile(file, text);
  for (const output of ['text', 'json']) {
    expectSafe(await cli.run(['rke2-access', '--kubeconfig', file, '--output', output]));
  }
});

test("the kubeconfig's token, whole, in pieces and in base64, is said by no line, document or JUnit", async ({
  cli,
}) => {
  const token = 'kube0Token1that2the3server4tells5back';
  const echo = `no: ${token} ${token.slice(0, 20)}… ${Buffer.from(`x:${token}`).toString('base64')}`;
  const issued = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const refusal = { kind: 'Status', code: 403, reason: 'Forbidden', message: echo };
  await using apiServer = await serveHttps(issued, json(403, refusal));
  await using server = await serveStub(cli.authority);
  const file = path.join(cli.folder, 'echoed-kubeconfig');
  const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
  const document = {
    'current-context': 'lab',
    clusters: named('cluster', {
      server: `https://127.0.0.1:${apiServer.port}`,
      'certificate-authority': cli.ca,
    }),
    users: named('user', { token }),
    contexts: named('context', { cluster: 'lab', user: 'lab' }),
  };
  await writeFile(file, JSON.stringify(document));
  const junit = path.join(cli.folder, 'echoed.xml');
  const args = cli.installArgs(server.port, '--kubeconfig', file, `--junit=${junit}`);
  const asked = args.filter((arg) => arg !== '--skip-cluster-checks');
  for (const output of ['text', 'json']) {
    const { stdout, stderr } = await cli.run([...asked, `--output=${output}`]);
    const shown = [stdout, stderr, await readFile(junit, 'utf8')].join('\n');
    expect(shown).toContain('no: [secret] [secret]…');
    expect(shown).not.toContain(token.slice(0, 12));
    expect(shown).not.toContain(Buffer.from(`x:${token}`).toString('base64').slice(8, 24));
  }
});

describe('files that are judged', () => {
  const folderOf = async (cli: PublishedCli) => {
    const folder = path.join(cli.folder, 'canary-files');
    await mkdir(folder, { recursive: true });
    return folder;
  };
  test.for(['text', 'json', 'sarif', 'github'])(
    "a migration's name and identifiers, output %s",
    async (output, { cli }) => {
      const file = path.join(await folderOf(cli), `${name}.sql`);
      await writeFile(
        file,
        `ALTER TABLE audit_log DROP COLUMN "${canary.replace('\ufffe', '')}";\nDROP TABLE "##[x]";\nbroken (\n`,
      );
      const { stdout, stderr } = await cli.run(['migration-compat', file, '--output', output]);
      const lines = output === 'github' ? stdout.replace(/^::(?:error|warning|notice) .*$/gm, 'cnry') : stdout;
      expectSafe({ stdout: lines, stderr });
    },
  );
  test.for(['text', 'json'])('a registry of targets, output %s', async (output, { cli }) => {
    const file = path.join(await folderOf(cli), `${name}.yaml`);
    await writeFile(file, JSON.stringify([{ name: canary }, { name: canary }, { name: 'rdc-meho', [canary]: canary }]));
    expectSafe(await cli.run(['targets-verify', file, '--output', output]));
  });
});

describe('a secret on the command line, where none belongs', () => {
  const secret = 'Tr0ub4dor-x9Zq';
  test.for([
    ['a password in a URL', ['smoke', `--backplane=https://ada:${secret}@backplane.example:x/`]],
    ['a password with a slash', ['smoke', `--backplane=https://ada:p@s/${secret}@backplane.example/`]],
    [
      'a token in the place of a name',
      ['green-counter', '--repo', 'a/b', `--api-url=https://${secret}-token@x.example?`],
    ],
    ['a parameter of a URL', ['login', `--issuer=https://issuer.example/?access_token=${secret}`]],
    ['a flag that is none', ['rke2-access', '--token', secret]],
    ['a database as an argument', ['migration-compat', `postgres://ada:${secret}@db.example/meho`]],
    ['a verifier that is none', [`postgres://ada:${secret}@db.example/meho`]],
    ['an encoded password', ['smoke', `--backplane=https://ada:${encodeURIComponent(`${secret}/@`)}@x.example:x/`]],
  ] as const)('%s', async ([, args], { cli }) => {
    for (const output of ['text', 'json']) {
      const { stdout, stderr, exitCode } = await cli.run([...args, `--output=${output}`]);
      expect([exitCode, stdout + stderr]).toEqual([2, expect.not.stringContaining(secret)]);
    }
  });
});
