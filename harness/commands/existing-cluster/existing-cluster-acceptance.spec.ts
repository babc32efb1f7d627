import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CommandResult, run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { identityOf, newRun } from '@meho/core/runs/identity';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { configMaps, namespaces } from '@meho/kube/api/resource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { externalPostgres } from '../../services/external-postgres.ts';
import { type Lab, startLab } from '../../testing/lab.ts';
import { labFlags } from '../../testing/lab-flags.ts';
import { contentsOf, waitForIdleCluster } from '../../testing/lab-state.ts';

const main = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
const timeoutMs = 10 * 60_000;

let lab: Lab;
/** Names and uids of what was in the lab before the suite. */
let before: ReadonlyMap<string, string>;
/** All flags except those about services. */
let common: readonly string[];
/** The same, with the lab's services. */
let flags: readonly string[];

/** Namespaces that look like the suite's, but aren't. */
const strangers = {
  'meho-ci-labelled-by-hand': { 'meho.io/managed-by': 'acceptance' },
  'meho-ci-pull-request': { 'meho.io/managed-by': 'pr-smoke', 'meho.io/run': 'someone' },
  'meho-ci-7': {},
};
const dead = 'meho-ci-of-a-dead-run';
const alive = 'meho-ci-of-a-living-run';
/** @returns the database's name */
let leaveDatabase: (owner: 'dead' | 'alive') => Promise<string>;
let aliveDatabase: string;

beforeAll(async () => {
  lab = await startLab();
  const living = await newRun();
  const gone = identityOf('deadbeef00', { ...living.owner, startTicks: '1' }, new Date());
  const all = { ...strangers, [dead]: gone.labels, [alive]: living.labels };
  for (const [name, labels] of Object.entries(all)) {
    await lab.admin.create(namespaces, undefined, { metadata: { name, labels } });
    await lab.admin.create(configMaps, name, { metadata: { name: 'content' } });
  }
  leaveDatabase = async (owner) => {
    const { labels } = owner === 'dead' ? gone : living;
    const left = externalPostgres(lab.services.secrets.MEHO_POSTGRES_URL, { host: lab.postgres.address }, labels);
    return (await left.createDatabase(owner)).name;
  };
  await leaveDatabase('dead');
  aliveDatabase = await leaveDatabase('alive');
  await waitForIdleCluster(lab.admin);
  before = await contentsOf(lab.admin);
  common = await labFlags(lab, 'meho-ci-lab');
  flags = [...common, '--services', lab.services.file];
}, 600_000);
afterAll(() => lab?.[Symbol.asyncDispose]());

const environment = () => ({ MEHO_KUBECONFIG: '', MEHO_CONTEXT: '', KUBECONFIG: '', ...lab.services.secrets });

function acceptance(args: readonly string[]): Promise<CommandResult> {
  return run(process.execPath, [main, 'acceptance', '--artefacts', path.join(lab.folder, 'artefacts'), ...args], {
    env: environment(),
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
}

/** Waits until the run's namespace has contents. */
async function runInTheMidst(namespace: string): Promise<ChildProcess> {
  const args = common.map((arg) => (arg === 'meho-ci-lab' ? namespace : arg));
  const artefacts = path.join(lab.folder, namespace);
  const beside = ['--services-network', lab.network, '--suite', 'install/cold-install', '--artefacts', artefacts];
  const child = spawn(process.execPath, [main, 'acceptance', ...args, ...beside], { stdio: 'ignore', detached: true });
  await waitFor(
    'the run to have something in its namespace',
    async () => {
      if (child.exitCode !== null) {
        return never(`it ended with ${child.exitCode}`);
      }
      const { items } = await lab.admin.listMetadata(configMaps, { namespace });
      return items.some(({ metadata }) => metadata?.name === 'lab-ca') ? holds(undefined) : notYet('nothing yet');
    },
    { deadlineMs: 240_000 },
  );
  return child;
}

/** A release's database and role share a name. */
async function releaseDatabases(): Promise<readonly string[]> {
  await using looking = await lab.postgres.createDatabase('looking');
  const rows = await looking.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database WHERE datname LIKE 'meho%'
     UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'meho%'`,
  );
  return rows.map(({ name }) => name).filter((name) => name !== looking.name);
}

describe('acceptance on a cluster that is not ours', { timeout: timeoutMs }, () => {
  test('--plan tells what would come and go, and writes nothing', async () => {
    const named = flags.indexOf('--ingress-class');
    // Class and namespace are looked up, as a run would.
    const { exitCode, stdout, stderr } = await acceptance([...flags.toSpliced(named, 4), '--plan']);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { className } = lab.ingress;
    expect(stdout).toMatch(new RegExp(`^ +reached as NAMESPACE\\.\\S+, by IngressClass ${className} \\(`, 'm'));
    expect(stdout).toContain(`namespace ${dead} of run deadbeef00`);
    expect(stdout).toContain('namespace meho-ci-lab, for the cold install');
    expect(stdout).toMatch(/^ +Job \S+ \(hook: pre-install,pre-upgrade\)$/m);
    for (const kind of ['Deployment', 'Service', 'Ingress', 'NetworkPolicy', 'ConfigMap', 'ServiceAccount']) {
      expect(stdout).toMatch(new RegExp(`^ +${kind} \\S+$`, 'm'));
    }
    for (const name of [...Object.keys(strangers), alive, 'team-a']) {
      expect(stdout).not.toContain(name);
    }
    const { requests, writes } = await lab.writes();
    expect(requests).toBeGreaterThan(0);
    expect(writes).toBe(0);
    expect(await contentsOf(lab.admin)).toEqual(before);
  });

  test('holds a cold install, writes in namespaces of its own only, and leaves none', async () => {
    // The second suite requires services that can be administered.
    const { exitCode, stdout, stderr } = await acceptance([...flags, '--suite', 'install/cold-install,smoke/login']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^verdict: PASS/m);
    const skipped = stderr.match(/^\[skip\] .+: .+ those at given addresses are not ours$/gm) ?? [];
    expect(skipped.length).toBeGreaterThan(0);
    expect(stdout).toMatch(new RegExp(`^4 passed, 0 failed, ${skipped.length} skipped$`, 'm'));
    expect(stderr).toContain(`removed namespace ${dead} of run deadbeef00`);

    const after = await contentsOf(lab.admin);
    const gone = [...before.keys()].filter((name) => !after.has(name));
    expect(gone.toSorted()).toEqual([dead, `${dead}/content`, `${dead}/kube-root-ca.crt`].toSorted());
    expect(after).toEqual(new Map([...before].filter(([name]) => !gone.includes(name))));

    expect(await releaseDatabases()).toEqual([aliveDatabase]);

    const { made, removed, outside, writes } = await lab.writes();
    expect(made).toEqual(['meho-ci-lab']);
    expect(removed).toEqual([dead]);
    expect(outside).toEqual([]);
    expect(writes).toBeGreaterThan(15);
  });

  test('killed in the midst, it leaves what the next `down` on that cluster removes, and nothing else', async () => {
    const child = await runInTheMidst('meho-ci-killed');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect((await contentsOf(lab.admin)).has('meho-ci-killed')).toBe(true);
    await leaveDatabase('dead');
    const down = ['down', '--kubeconfig', lab.kubeconfig, '--services', lab.services.file];
    const { exitCode, stdout } = await run(process.execPath, [main, ...down], {
      env: environment(),
      timeoutMs,
      acceptExitCodes: [1, 2],
    });
    expect({ exitCode, removed: stdout.match(/^removed namespace \S+/gm) }).toEqual({
      exitCode: 0,
      removed: ['removed namespace meho-ci-killed'],
    });
    expect(await releaseDatabases()).toEqual([aliveDatabase]);
    const after = await contentsOf(lab.admin);
    expect([...before.keys()].filter((name) => !after.has(name) && !name.startsWith(dead))).toEqual([]);
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual([]);
    const { made, outside } = await lab.writes();
    expect({ last: made.at(-1), outside }).toEqual({ last: 'meho-ci-killed', outside: [] });
  });

  test('stopped by Ctrl-C in the midst, it ends with 130 and leaves nothing', async () => {
    const child = await runInTheMidst('meho-ci-stopped');
    const ended = once(child, 'exit');
    // To the process group, as a terminal does.
    process.kill(-(child.pid ?? Number.NaN), 'SIGINT');
    expect(await ended).toEqual([130, null]);
    const after = await contentsOf(lab.admin);
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual([]);
    expect([...before.keys()].filter((name) => !after.has(name) && !name.startsWith(dead))).toEqual([]);
    const { made, outside } = await lab.writes();
    expect({ last: made.at(-1), outside }).toEqual({ last: 'meho-ci-stopped', outside: [] });
  });

  test('the audit log would show a write outside: the lab refuses it, and it is there', async () => {
    const kubectl = await lab.things.tool('kubectl');
    const as = (...args: readonly string[]) =>
      run(kubectl, ['--kubeconfig', lab.kubeconfig, '--context', 'lab', ...args], {
        timeoutMs: 60_000,
        acceptExitCodes: [1],
      });
    const refusals = [
      await as('--namespace', 'team-a', 'delete', 'configmap', 'theirs'),
      await as('delete', 'namespace', 'team-a', '--wait=false'),
      await as('delete', 'namespace', 'meho-ci-7', '--wait=false'),
      await as('create', 'namespace', 'elsewhere'),
      await as('create', 'namespace', 'meho-ci-unlabelled'),
      await as('-n', 'team-a', 'create', 'rolebinding', 'x', '--clusterrole=meho-ci-namespace', '--user=x'),
    ];
    expect(refusals.map(({ exitCode }) => exitCode)).toEqual(refusals.map(() => 1));
    expect(refusals.slice(1).map(({ stderr }) => /this identity \w+/.exec(stderr)?.[0] ?? stderr)).toEqual([
      'this identity changes',
      'this identity changes',
      'this identity makes',
      'this identity makes',
      'this identity works',
    ]);
    const { outside, removed } = await lab.writes();
    expect(outside).toContain('delete configmaps/theirs in team-a: 403');
    expect(outside).toHaveLength(4);
    expect(removed).toEqual([dead, 'team-a', 'meho-ci-7']);
    expect((await contentsOf(lab.admin)).has('team-a/theirs')).toBe(true);
  });
});

describe('the lab is as strict as it is meant to be', () => {
  /** The pod has no labels, so that the API server's own configuration rejects it. */
  const pod = (image: string, securityContext: object) =>
    lab.apply(
      stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'refused', namespace: 'team-a' },
        spec: { containers: [{ name: 'main', image, securityContext }] },
      }),
    );
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };

  test('PodSecurity restricted is enforced without a label', async () => {
    await expect(pod('registry.invalid/x:1', {})).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
  });

  test('an image with the tag latest, or none, is refused', async () => {
    await expect(pod('registry.invalid/x:latest', restricted)).rejects.toThrow(/a tag other than latest/);
    await expect(pod('registry.invalid/x', restricted)).rejects.toThrow(/a tag other than latest/);
  });
});

describe('what can only be seen by looking is one line, exit code 2', { timeout: 300_000 }, () => {
  const line = async (args: readonly string[]): Promise<string> => {
    const { exitCode, stderr } = await acceptance(args);
    const errors = stderr.split('\n').filter((each) => each.startsWith('error: '));
    expect(errors, stderr).toHaveLength(1);
    expect(exitCode).toBe(2);
    return errors[0] ?? '';
  };
  const instead = (flag: string, value: string) =>
    flags.map((each, index) => (flags[index - 1] === flag ? value : each));

  test('a namespace that somebody has, or a living run', async () => {
    const [somebody, run] = await Promise.all([
      line(instead('--namespace', 'meho-ci-7')),
      line(instead('--namespace', alive)),
    ]);
    expect(somebody).toMatch(/meho-ci-7: it exists already, and no run of this suite/);
    expect(run).toMatch(/run \w+ of process \d+ on \S+ uses it/);
  });

  test('a value that the chart refuses', async () => {
    const file = path.join(lab.folder, 'refused-values.yaml');
    await writeFile(file, 'replicaCount: none\n');
    expect(await line([...flags, '--values', file])).toMatch(/--values: at '\/replicaCount': /);
  });

  test('a cluster with a MEHO that somebody else runs, unless it is named', async () => {
    await lab.apply('{apiVersion: v1, kind: Namespace, metadata: {name: meho}}');
    const [refused, mistaken, planned] = await Promise.all([
      line(flags),
      line([...flags, '--yes-this-cluster', 'other']),
      acceptance([...flags, '--plan', '--yes-this-cluster', 'lab']),
    ]);
    expect(refused).toMatch(/looks like production: MEHO is in meho.*add --yes-this-cluster lab$/);
    expect(mistaken).toContain('the context is lab');
    expect(planned.exitCode, planned.stderr).toBe(0);
  });
});
