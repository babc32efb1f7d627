import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { quiet } from '@meho/core/report/testing/quiet';
import { identityOf, newRun, type RunIdentity } from '@meho/core/runs/identity';
import { ownerOf } from '@meho/core/runs/owner';
import { temporaryFolder } from '@meho/core/runs/temporary';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dockerOf, statusOf } from '../client.ts';
import type { Engine } from '../engine.ts';
import { ensureEngine } from '../ensure-engine.ts';
import { belongings } from './belongings.ts';
import { liveRuns, removeDeadRuns, removeRun } from './remove-runs.ts';

const signal = new AbortController().signal;
/** Empty, but enough to create containers. */
const image = 'meho.local/empty:runs-spec';
let engine: Engine;
let docker: Docker;
const runs: RunIdentity[] = [];

beforeAll(async () => {
  engine = await ensureEngine({ progress: quiet, signal });
  docker = dockerOf(engine);
  const answer: Promise<NodeJS.ReadableStream> = docker.importImage(Readable.from(Buffer.alloc(1024)), {
    repo: 'meho.local/empty',
    tag: 'runs-spec',
  });
  await waitForEnd(await answer);
});

afterAll(async () => {
  await Promise.all(runs.map((run) => removeRun(run, { engine, signal })));
  // A failed test's dead run has containers that hold the image.
  await removeDeadRuns({ engine, signal });
  await docker.getImage(image).remove();
});

function waitForEnd(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function deadRun(): Promise<RunIdentity> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const owner = await ownerOf(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return remembered(identityOf(`dead${Math.random().toString(16).slice(2, 8)}`, owner, new Date()));
}

function remembered(run: RunIdentity): RunIdentity {
  runs.push(run);
  return run;
}

/** With a named and an unnamed volume. */
async function belongingsOf(run: RunIdentity): Promise<string> {
  const labels = { ...run.labels };
  const name = `runs-spec-${run.id}`;
  await docker.createNetwork({ Name: name, Labels: labels });
  await docker.createVolume({ Name: name, Labels: labels });
  await docker.createContainer({
    name,
    Image: image,
    Cmd: ['/nothing'],
    Labels: labels,
    Volumes: { '/unnamed': {} },
    HostConfig: { NetworkMode: name, Binds: [`${name}:/named`] },
  });
  await temporaryFolder(run);
  return name;
}

const kinds = async (run: RunIdentity) =>
  (await belongings(docker)).filter((each) => each.run.id === run.id).map(({ kind }) => kind);

async function unnamedVolumeOf(container: string): Promise<string> {
  const { Mounts: mounts } = await docker.getContainer(container).inspect();
  return mounts.find(({ Destination: path }) => path === '/unnamed')?.Name ?? '';
}

test('all of a dead run goes, all of a live one and of nobody stays', async () => {
  const [dead, live] = [await deadRun(), remembered(await newRun())];
  const [name] = [await belongingsOf(dead), await belongingsOf(live)];
  const unnamed = await unnamedVolumeOf(name);
  const folder = await temporaryFolder(dead);
  await docker.createVolume({
    Name: `stranger-${dead.id}`,
    Labels: { 'meho.io/managed-by': 'other' },
  });
  const removed = await removeDeadRuns({ engine, signal });
  const ofDead = removed.filter(({ runId }) => runId === dead.id);
  expect(ofDead.map(({ kind }) => kind).toSorted()).toEqual(['container', 'folder', 'network', 'volume']);
  expect(await kinds(dead)).toEqual([]);
  await expect(docker.getVolume(unnamed).inspect()).rejects.toMatchObject({ statusCode: 404 });
  await expect(access(folder)).rejects.toThrow('ENOENT');
  expect((await kinds(live)).toSorted()).toEqual(['container', 'network', 'volume']);
  expect((await liveRuns({ engine })).map(({ id }) => id)).toContain(live.id);
  await docker.getVolume(`stranger-${dead.id}`).remove();
  const ofLive = await removeRun(live, { engine, signal });
  expect(ofLive.map(({ kind }) => kind).toSorted()).toEqual(['container', 'folder', 'network', 'volume']);
});

test('a network without a container and a volume without either are found', async () => {
  const [one, other] = [await deadRun(), await deadRun()];
  await docker.createNetwork({ Name: `runs-spec-${one.id}`, Labels: { ...one.labels } });
  await docker.createVolume({ Name: `runs-spec-${other.id}`, Labels: { ...other.labels } });
  await removeDeadRuns({ engine, signal });
  expect([await kinds(one), await kinds(other)]).toEqual([[], []]);
});

test('several that clean up at once are not in each other’s way', async () => {
  const dead = await Promise.all([deadRun(), deadRun()]);
  await Promise.all(dead.map(belongingsOf));
  await Promise.all([1, 2, 3].map(() => removeDeadRuns({ engine, signal })));
  expect((await Promise.all(dead.map(kinds))).flat()).toEqual([]);
});

test('killed at any moment while it creates, nothing is left that the next run does not find', {
  timeout: 120_000,
}, async () => {
  const script = `
    import Docker from ${JSON.stringify(import.meta.resolve('dockerode'))};
    import { newRun } from ${JSON.stringify(import.meta.resolve('@meho/core/runs/identity'))};
    const docker = new Docker({ socketPath: ${JSON.stringify(new URL(engine.host).pathname)} });
    const { id, labels } = await newRun();
    console.log(id);
    for (let i = 0; ; i += 1) {
      const name = 'runs-spec-' + id + '-' + i;
      await docker.createNetwork({ Name: name, Labels: labels });
      await docker.createContainer({ name, Image: ${JSON.stringify(image)}, Cmd: ['/nothing'], Labels: labels,
        HostConfig: { NetworkMode: name, Mounts: [{ Type: 'volume', Target: '/v', Source: '', VolumeOptions: { Labels: labels } }] } });
    }`;
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    const id = first.toString().trim();
    const moment = performance.now() + Math.random() * 400;
    await waitFor('the moment to kill', async () => (performance.now() > moment ? holds(true) : notYet('not yet')), {
      deadlineMs: 5_000,
      intervalMs: 5,
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await removeDeadRuns({ engine, signal });
    // The engine may finish a dead caller's request later: the run after the next finds it.
    await waitFor(
      `nothing of run ${id} to be left`,
      async () => {
        await removeDeadRuns({ engine, signal });
        const left = (await belongings(docker)).filter((each) => each.run.id === id);
        return left.length === 0 ? holds(true) : notYet(left.map(({ kind }) => kind).join(', '));
      },
      { deadlineMs: 20_000 },
    );
    const names = (await docker.listContainers({ all: true })).flatMap(({ Names: each }) => each);
    expect(names.filter((name) => name.includes(id))).toEqual([]);
  }
});

test('what is gone already is no error', async () => {
  const run = remembered(await newRun());
  const name = await belongingsOf(run);
  await docker.getContainer(name).remove({ v: true });
  await docker
    .getNetwork(name)
    .remove()
    .catch((error: unknown) => expect(statusOf(error)).toBe(404));
  expect((await removeRun(run, { engine, signal })).map(({ kind }) => kind).toSorted()).toEqual(['folder', 'volume']);
  expect(await removeRun(run, { engine, signal })).toEqual([]);
});
