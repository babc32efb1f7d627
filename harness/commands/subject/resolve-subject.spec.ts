import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { readSettings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { run as runProgram } from '@meho/core/process/run';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { newRun, type RunIdentity } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';
import { createAuthority } from '@meho/core/testing/authority';
import { serveChart } from '@meho/helm/testing/chart-registry';
import { smallChart } from '@meho/helm/testing/small-chart';
import { dockerOf } from '@meho/images/engine/client';
import { type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ownSubject } from '../../release/environment/request.ts';
import type { CommandContext } from '../command.ts';
import { RunResults } from '../running/run-results.ts';
import { resolveSubject } from './resolve-subject.ts';
import type { SubjectValues } from './subject-flags.ts';

const sha = '3f2a9c1d4e5b6a7980f1e2d3c4b5a69788796a5b';
const repository = 'meho.local/resolve-subject';
const values: SubjectValues = {
  image: undefined,
  'git-sha': undefined,
  chart: ownSubject.chart,
  'chart-version': undefined,
  values: [],
  release: 'meho',
  namespace: undefined,
  objects: undefined,
};

let things: RealDependencies;
let run: RunIdentity;
let folder: string;
const timeline = new Timeline();
const context: CommandContext = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream: process.stderr, colour: false, timeline }),
  timeline,
  results: new RunResults(),
};

beforeAll(async () => {
  things = await realDependencies();
  run = await newRun();
  folder = await mkdtemp(path.join(tmpdir(), 'meho-resolve-'));
  await Promise.all([
    anImage('labelled', [`LABEL org.opencontainers.image.revision=${sha}`]),
    anImage('unlabelled', []),
    anImage('mislabelled', ['LABEL org.opencontainers.image.revision=main']),
  ]);
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(await temporaryFolder(run), { recursive: true, force: true });
  for (const tag of ['labelled', 'unlabelled', 'mislabelled']) {
    await dockerOf(things.engine).getImage(`${repository}:${tag}`).remove({ force: true });
  }
});

/** Contains nothing but labels. */
async function anImage(tag: string, changes: readonly string[]): Promise<void> {
  const archive = pack();
  archive.finalize();
  const docker = dockerOf(things.engine);
  const stream = await docker.importImage(Readable.from(archive), { repo: repository, tag, changes: [...changes] });
  await new Promise((resolve, reject) =>
    docker.modem.followProgress(stream, (error) => (error === null ? resolve(undefined) : reject(error))),
  );
}

function resolve(more: Partial<SubjectValues>) {
  const { engine } = things;
  return resolveSubject({ ...values, ...more }, { settings: readSettings(), run, engine }, context);
}

async function lineOf(more: Partial<SubjectValues>): Promise<string> {
  const error: unknown = await resolve(more).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) {
    throw new Error(`expected a UsageError, got ${String(error)}`);
  }
  expect(error.problems).toHaveLength(1);
  expect(error.message).not.toContain('\n');
  return error.message;
}

test('without flags our chart and the reference backplane are judged', async () => {
  expect(await resolve({})).toEqual(ownSubject);
});

describe('the commit of an image', () => {
  test('is what its label says, and the image is known as the engine has it', async () => {
    const { image } = await resolve({ image: `${repository}:labelled` });
    expect(image).toMatchObject({ gitSha: sha, local: { reference: `${repository}:labelled`, origin: 'engine' } });
  });

  test('is what the flag says, whatever the label says', async () => {
    const image = { image: `${repository}:labelled`, 'git-sha': 'sha-abcdef0' };
    expect((await resolve(image)).image?.gitSha).toBe('sha-abcdef0');
  });

  test('is asked for where the label is missing or no commit', async () => {
    expect(await lineOf({ image: `${repository}:unlabelled` })).toMatch(
      /has no label .*name its commit with --git-sha/,
    );
    expect(await lineOf({ image: `${repository}:mislabelled` })).toMatch(/says "main" in its label .*--git-sha/);
  });

  test('can not be had of an image that nobody has', async () => {
    const image = 'registry.invalid/meho:v1';
    expect(await lineOf({ image, 'git-sha': sha })).toMatch(
      /^image registry\.invalid\/meho:v1: the engine .* its registry/,
    );
  });
});

describe('a chart in a registry', () => {
  test('is pulled once, by its version or the newest, and judged from a folder', async () => {
    await using chart = await smallChart();
    const helm = await things.tool('helm');
    await runProgram(helm, ['package', chart.folder, '--destination', folder], { timeoutMs: 60_000 });
    const authority = await createAuthority();
    await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
    await using registry = await serveChart(await authority.issue({ dnsNames: ['localhost'] }), {
      path: 'charts/small',
      version: '0.1.0',
      packed: await readFile(path.join(folder, 'small-0.1.0.tgz')),
    });
    vi.stubEnv('SSL_CERT_FILE', path.join(folder, 'ca.pem'));
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const oci = `oci://localhost:${registry.port}/charts/small`;
    const newest = await resolve({ chart: oci });
    expect(await readFile(path.join(newest.chart, 'Chart.yaml'), 'utf8')).toMatch(/name: small/);
    expect(registry.missed).toEqual([]);
    await rm(newest.chart, { recursive: true });
    expect((await resolve({ chart: oci, 'chart-version': '0.1.0' })).chart).toBe(newest.chart);
    await rm(newest.chart, { recursive: true });
    expect(await lineOf({ chart: oci, 'chart-version': '9.9.9' })).toMatch(/^chart oci:.*small: helm can't pull it: /);
  });

  test('that nobody serves is one line', async () => {
    expect(await lineOf({ chart: 'oci://registry.invalid/charts/meho' })).toMatch(/^chart oci:.*helm can't pull it: /);
  });
});
