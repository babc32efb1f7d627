import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../config.ts';
import { ownSubject } from '../environment/request.ts';
import { type Finished, run } from '../process/run.ts';
import { TerminalProgress } from '../report/terminal.ts';
import { Timeline } from '../report/timeline.ts';
import { repositoryRoot } from '../repository.ts';
import { prepareTools } from './prepare.ts';
import { valuesAccepted } from './values-accepted.ts';

const main = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
let folder: string;
const file = (name: string) => path.join(folder, name);
const context = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() }),
  timeline: new Timeline(),
};

beforeAll(async () => {
  await prepareTools(readSettings(), context);
  folder = await mkdtemp(path.join(tmpdir(), 'meho-values-'));
  await writeFile(file('good.yaml'), 'replicaCount: 2\n');
  await writeFile(file('wrong.yaml'), 'replicaCount: none\npostgress: {}\n');
  await writeFile(file('half.yaml'), 'eso: { enabled: true }\n');
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With an engine that isn't there: whoever asks for it has gone too far. */
function acceptance(...args: readonly string[]): Promise<Finished> {
  return run(process.execPath, [main, 'acceptance', ...args], {
    env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    timeoutMs: 60_000,
    acceptExitCodes: [1, 2],
  });
}

describe('before anything is created', () => {
  test('each value that the chart refuses is a line, and the exit code is 2', async () => {
    const { exitCode, stderr } = await acceptance('--values', file('wrong.yaml'), '--values', file('half.yaml'));
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/^error: --values: at '': .*postgress/m);
    expect(stderr).toMatch(/^error: --values: at '\/replicaCount': /m);
    expect(stderr).toMatch(/^error: --values: at '\/eso\/secretStore\/name': /m);
    expect(stderr.match(/^error: (?!--values)/gm)).toBeNull();
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
    ...{ image: undefined, 'git-sha': undefined, 'chart-version': undefined, namespace: undefined },
    ...{ chart, values: [], release: ownSubject.release },
  };
  await expect(valuesAccepted(values, readSettings(), context)).resolves.toBeUndefined();
});
