import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { type CommandResult, run } from '@meho/core/process/run';
import type { Progress } from '@meho/core/report/progress';
import { HelmRelease } from '@meho/helm/release';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { KubeApi } from '@meho/kube/api/api';
import { findAccess } from '@meho/kube/kubeconfig/access';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';
import { clusterCases } from '@meho/verifiers/testing/kubeconfigs/cluster-cases';
import { credentialCases } from '@meho/verifiers/testing/kubeconfigs/credential-cases';
import { execCases } from '@meho/verifiers/testing/kubeconfigs/exec-cases';
import { fileCases } from '@meho/verifiers/testing/kubeconfigs/file-cases';
import { type KubeconfigCase, kubeconfig, SECRET } from '@meho/verifiers/testing/kubeconfigs/kubeconfig-case';
import { startKubeconfigFixture, writeCase } from '@meho/verifiers/testing/kubeconfigs/kubeconfig-fixture';
import { networkCases } from '@meho/verifiers/testing/kubeconfigs/network-cases';
import { hashOf, type RecordedRequest } from '@meho/verifiers/testing/kubeconfigs/recording-server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

const quiet: Progress = {
  step: (_title, work) => work({ update: () => undefined }),
  note: () => undefined,
  warn: () => undefined,
};
const { cacheFolder, path: searchPath } = readSettings();
const stack = new AsyncDisposableStack();
/** The cases' names need it. */
const fixture = await startKubeconfigFixture(stack);
let folder: string;
let kubectl: string;
let helm: string;
let program: string;
let counter = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kubectl-differential-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const signal = new AbortController().signal;
  kubectl = (await ensureTool('kubectl', { searchPath, cacheFolder, progress: quiet, signal })).path;
  helm = (await ensureTool('helm', { searchPath, cacheFolder, progress: quiet, signal })).path;
  program = path.join(folder, 'dist', 'meho-acceptance.js');
  await bundleVerifiers(path.dirname(program));
  await mkdir(path.join(folder, 'elsewhere'));
});
afterAll(() => stack.disposeAsync());
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The request as the server saw it, and any plugin call. */
interface Seen {
  readonly who: readonly unknown[];
  readonly proxies: readonly string[];
  readonly plugin: string | undefined;
  readonly finished: CommandResult;
}

async function asked(command: readonly string[], one: KubeconfigCase, at: string): Promise<Seen> {
  const [file = '', ...args] = command;
  const list = one.list ?? ['config'];
  await rm(path.join(at, 'called'), { force: true });
  const before = [fixture.proxy, fixture.socks].map(({ asked }) => asked.length);
  const finished = await run(file, [...args, ...flagsOf(one, at)], {
    cwd: path.join(folder, 'elsewhere'),
    env: {
      ...none,
      HOME: path.join(at, 'home'),
      PATH: [path.join(at, 'bin'), searchPath].join(path.delimiter),
      KUBECONFIG: list.map((name) => (name === '' ? '' : path.join(at, name))).join(path.delimiter),
      ...envOf(one, at),
    },
    timeoutMs: 60_000,
    acceptExitCodes: [1, 2],
  });
  const requests = [...fixture.https.take(), ...fixture.http.take()];
  const proxies = [fixture.proxy, fixture.socks].map(({ asked }, at) => asked.slice(before[at]));
  return {
    who: distinct(requests.map(identityOf)),
    proxies: [...new Set(proxies.flat())],
    plugin: await calledIn(at),
    finished,
  };
}

const none = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
    .flatMap((name) => [name, name.toLowerCase()])
    .concat('KUBERNETES_SERVICE_HOST', 'SSL_CERT_FILE', 'KUBERNETES_MASTER')
    .map((name) => [name, '']),
);

/** Root certificates are paths in the case's folder. */
function envOf({ env = {} }: KubeconfigCase, at: string): Readonly<Record<string, string>> {
  const roots = env['SSL_CERT_FILE'];
  return roots === undefined ? env : { ...env, SSL_CERT_FILE: path.join(at, roots) };
}

function flagsOf({ explicit, context }: KubeconfigCase, at: string): readonly string[] {
  return [
    ...(explicit === undefined ? [] : ['--kubeconfig', path.join(at, explicit)]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
}

function identityOf({ method: _, path: asked, ...who }: RecordedRequest) {
  return { ...who, prefix: asked.replace(/\/(?:apis?\/.*|version)$/, '') };
}

function distinct(values: readonly object[]): readonly unknown[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))].map((text) => JSON.parse(text));
}

/** Puts the plugin's input in a fixed order. */
async function calledIn(at: string): Promise<string | undefined> {
  const files = await readdir(at, { recursive: true });
  const file = files.find((name) => path.basename(name) === 'called');
  if (file === undefined) {
    return undefined;
  }
  const text = await readFile(path.join(at, file), 'utf8');
  await rm(path.join(at, file));
  return text.trim().replace(/^info=(.*)$/m, (_, info) => `info=${JSON.stringify(sorted(JSON.parse(info)))}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, sorted(member)]),
      )
    : value;
}

const groups = {
  credentials: credentialCases,
  clusters: clusterCases,
  files: fileCases,
  plugins: execCases,
  ways: networkCases,
} as const;

describe.each(Object.entries(groups))('%s', (_, cases) => {
  test.each(cases(fixture))('$name', async (one) => {
    counter += 1;
    const at = path.join(folder, String(counter));
    await writeCase(at, one.files);
    const theirs = await asked([kubectl, 'get', '--raw', '/api/v1/namespaces', '--request-timeout=20s'], one, at);
    const ours = await asked([process.execPath, program, 'pr-smoke', 'reap', '--dry-run'], one, at);
    const said = ours.finished.stdout + ours.finished.stderr;
    expect(said).not.toContain(SECRET);
    if (one.fails !== undefined) {
      expect([theirs, ours]).toMatchObject([theirs, ours].map(() => ({ who: [], finished: { exitCode: 1 } })));
      expect(theirs.finished.stderr).toContain(one.fails);
      expect(said).toContain(one.fails);
      return;
    }
    if (one.refused === undefined) {
      expect(theirs, theirs.finished.stderr).toMatchObject({ finished: { exitCode: 0 } });
      expect({ said, exitCode: ours.finished.exitCode }).toMatchObject({ exitCode: 0 });
      expect(ours.who).toEqual(theirs.who);
      expect(ours.who).toHaveLength(1);
      expect(ours.proxies).toEqual(theirs.proxies);
      expect(ours.plugin).toEqual(theirs.plugin);
      return;
    }
    expect({ said, exitCode: ours.finished.exitCode, who: ours.who }).toMatchObject({ exitCode: 2, who: [] });
    expect(said).toContain(one.refused);
    const taken = theirs.finished.exitCode === 0;
    expect(taken, `kubectl: ${theirs.finished.stderr}`).toBe(one.kubectlTakes !== undefined);
  });
});

describe('a plugin that asks a person', () => {
  const plugin = `#!/bin/sh
printf 'code: ' >&2
read -r code
cat <<PRINTED
{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"code-$code"}}
PRINTED
`;

  test.each(['Always', 'IfAvailable'])('has our terminal (interactiveMode %s)', async (interactiveMode) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode, command: './plugin' };
    const at = path.join(folder, `terminal-${interactiveMode}`);
    await writeCase(at, { config: kubeconfig(fixture, { exec }), plugin });
    const config = path.join(at, 'config');
    const seenBy = async (...command: readonly string[]) => {
      const quoted = command.map((word) => `'${word}'`).join(' ');
      const { stdout } = await run('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
        env: none,
        stdin: '4711\n',
        timeoutMs: 60_000,
      });
      expect(stdout).toContain('code: ');
      return distinct(fixture.https.take().map(identityOf));
    };
    const theirs = await seenBy(kubectl, 'get', '--raw', '/api/v1/namespaces', `--kubeconfig=${config}`);
    const ours = await seenBy(process.execPath, program, 'pr-smoke', 'reap', '--dry-run', '--kubeconfig', config);
    expect(theirs).toMatchObject([{ authorization: hashOf('Bearer code-4711') }]);
    expect(ours).toEqual(theirs);
  });
});

describe('the helm that we start asks as we do', () => {
  const users = {
    'as with groups, a UID and extras': {
      token: SECRET,
      as: 'bob',
      'as-uid': '4711',
      'as-groups': ['ops', 'system:masters'],
      'as-user-extra': { scopes: ['view', 'edit'] },
    },
    'a name and a password': { username: 'alice', password: SECRET },
  };

  test.each(Object.entries(users))('%s, whatever variables of its own say', async (name, user) => {
    vi.stubEnv('HELM_KUBEASUSER', 'mallory');
    vi.stubEnv('HELM_KUBEASGROUPS', 'system:masters');
    vi.stubEnv('HELM_KUBETOKEN', 'other');
    vi.stubEnv('HELM_KUBECONTEXT', 'elsewhere');
    const at = path.join(folder, `helm-${name.length}`);
    await writeCase(at, { config: kubeconfig(fixture, user) });
    const file = path.join(at, 'config');
    const signal = new AbortController().signal;
    const access = await findAccess({ file, signal });
    if (access === undefined) {
      throw new Error('there is no access');
    }
    using api = new KubeApi(access);
    await api.text('/api/v1/namespaces');
    const ours = distinct(fixture.https.take().map(identityOf));
    const release = new HelmRelease({ helm, kubeconfigFile: file, namespace: 'meho', release: 'meho' }, { api });
    await expect(release.manifest({ timeoutMs: 20_000, signal })).rejects.toThrow('not found');
    expect(distinct(fixture.https.take().map(identityOf))).toEqual(ours);
    expect(ours).toHaveLength(1);
  });
});
