import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { type CommandResult, run } from '@meho/core/process/run';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { repositoryRoot } from '@meho/core/repository';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownSubject } from '../../release/environment/request.ts';
import { secondCharts } from '../../release/environment/second-deployment.ts';
import { prepareTools } from '../running/prepare.ts';
import { RunResults } from '../running/run-results.ts';
import { checkValues } from './check-values.ts';

const main = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
let folder: string;
const file = (name: string) => path.join(folder, name);
const context = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() }),
  timeline: new Timeline(),
  results: new RunResults(),
};

beforeAll(async () => {
  await prepareTools(readSettings(), context);
  folder = await mkdtemp(path.join(tmpdir(), 'meho-values-'));
  await writeFile(file('good.yaml'), 'replicaCount: 2\n');
  await writeFile(file('wrong.yaml'), 'replicaCount: none\npostgress: {}\n');
  await writeFile(file('half.yaml'), 'eso: { enabled: true }\n');
  await writeFile(file('trusting.yaml'), 'trustBundle: { configMapName: lab-ca }\n');
  await writeFile(
    file('published.yaml'),
    `extraEnv: [{ name: A, value: b }]
extraVolumes: []
extraVolumeMounts: []
config: { vaultTimeoutSeconds: "10.0", forwardedAllowIps: "10.42.0.0/16, 10.43.0.0/16" }
networkPolicy: { ingestAllowedNamespaces: [a] }
`,
  );
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const workflow = { GITHUB_SERVER_URL: 'https://github.example', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '7' };

/** Uses an engine that doesn't exist, so that asking for it fails. */
function acceptance(...args: readonly string[]): Promise<CommandResult> {
  return run(process.execPath, [main, 'acceptance', ...args], {
    env: { DOCKER_HOST: 'unix:///nowhere/docker.sock', ...workflow },
    timeoutMs: 60_000,
    acceptExitCodes: [1, 2],
  });
}

describe('before anything is created', () => {
  test('each value that the chart refuses is a line, and the exit code is 2', async () => {
    const { exitCode, stderr, stdout } = await acceptance(
      ...['--values', file('wrong.yaml'), '--values', file('half.yaml')],
    );
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/^error: --values: at '': .*postgress/m);
    expect(stderr).toMatch(/^error: --values: at '\/replicaCount': /m);
    expect(stderr).toMatch(/^error: --values: at '\/eso\/secretStore\/name': /m);
    expect(stdout).toMatch(/^::error file=[^,]*wrong\.yaml,line=1,title=values::at '\/replicaCount': /m);
    expect(stderr.match(/^error: (?!--values)/gm)).toBeNull();
  });

  test('an overlay of the published chart is refused by name, with the way, and no pattern', async () => {
    const { exitCode, stderr } = await acceptance('--values', file('published.yaml'));
    expect(exitCode, stderr).toBe(2);
    const lines = stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(lines.toSorted()).toEqual([
      expect.stringMatching(
        /at '\/config\/forwardedAllowIps': '10.* is not addresses or CIDRs with commas and without spaces/,
      ),
      expect.stringMatching(/at '\/config\/vaultTimeoutSeconds': it is text, .*write it without quotes, e\.g\. 10$/),
      expect.stringMatching(/at '\/networkPolicy': additional properties 'ingestAllowedNamespaces' not allowed: only/),
    ]);
    expect(lines.join('\n')).not.toMatch(/pattern|\^/);
  });

  test('a chart that isn’t ours gets what it takes, and what was left out is told', async () => {
    const { exitCode, stderr } = await acceptance('--chart', secondCharts.closed);
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(
      /^left out, since the chart doesn't take it: broadcast\.image\.repository, .*, migrationJob\.restartPolicy$/m,
    );
    expect(stderr).toMatch(/^trust: .*added to the system roots of meho\.local\/backplane:\S+ as a layer$/m);
    expect(stderr).toMatch(/^broadcast: the chart runs valkey\/valkey:9\.0-alpine, .* stands for it$/m);
    expect(stderr.match(/^error: .*/gm)).toEqual([expect.stringContaining('expected a Docker engine')]);
  });

  test('values of an operator that such a chart refuses are theirs, and the run’s own are not blamed on them', async () => {
    const { exitCode, stderr, stdout } = await acceptance(
      ...['--chart', secondCharts.closed, '--values', file('trusting.yaml')],
    );
    expect(exitCode, stderr).toBe(2);
    expect(stderr.match(/^error: .*/gm)).toEqual([
      expect.stringMatching(/^error: --values: at '': additional properties 'trustBundle' not allowed/),
    ]);
    expect(stdout.match(/^::error .*/gm)).toEqual([expect.stringMatching(/file=[^,]*trusting\.yaml,line=1,/)]);
  });

  test('objects that can’t be read, or that the run makes itself, are told', async () => {
    const { exitCode, stderr } = await acceptance('--objects', file('published.yaml'));
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/^error: --objects: expected an object of kind Secret, ConfigMap, ServiceAccount/m);
  });

  test('a release whose name the chart can make no names of is told', async () => {
    const { exitCode, stderr } = await acceptance('--release', '7up');
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/^error: --chart .*helm can't render it: .*begin with a letter/m);
  });

  test('values that the chart takes come as far as the engine', async () => {
    const { exitCode, stderr } = await acceptance('--values', file('good.yaml'));
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/^error: expected a Docker engine/m);
  });
});

test('a chart of others that renders only in sight of a cluster is left to the install', async () => {
  const chart = file('needs-cluster');
  await mkdir(path.join(chart, 'templates'), { recursive: true });
  await writeFile(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: other\nversion: 1.0.0\n');
  await writeFile(path.join(chart, 'templates', 'all.yaml'), '{{ fail "no cluster in sight" }}\n');
  const values = {
    ...{ image: undefined, 'git-sha': undefined, 'chart-version': undefined, namespace: undefined, objects: undefined },
    ...{ chart, values: [], release: ownSubject.release },
  };
  await expect(checkValues(values, readSettings(), context)).resolves.toMatchObject({ trust: 'image' });
});
