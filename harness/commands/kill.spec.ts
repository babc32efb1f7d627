import { afterAll, beforeAll, expect, test } from 'vitest';
import { dockerOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { quiet } from '../report/testing/quiet.ts';
import { belongings } from '../runs/belongings.ts';
import { newRun, type RunIdentity } from '../runs/identity.ts';
import { removeRun } from '../runs/remove-runs.ts';
import { type Kill, killAcceptance } from './kill.ts';

const signal = new AbortController().signal;
let engine: Engine;
let bystander: RunIdentity;

/** A run beside the killed ones: it lives as long as this file, and nobody may touch what is its. */
beforeAll(async () => {
  engine = await ensureEngine({ progress: quiet, signal });
  bystander = await newRun();
  const docker = dockerOf(engine);
  const labels = { ...bystander.labels };
  await docker.createNetwork({ Name: `kill-spec-${bystander.id}`, Labels: labels });
  await docker.createVolume({ Name: `kill-spec-${bystander.id}`, Labels: labels });
});

afterAll(async () => {
  await removeRun(bystander, { engine, signal });
});

/** A sample of `npm run soak`, which kills at 20 moments. */
const random = (fromMs: number, toMs: number) => Math.round(fromMs + Math.random() * (toMs - fromMs));
const kills: readonly Kill[] = [
  { signal: 'SIGINT', from: 'start', afterMs: random(300, 4_000) },
  { signal: 'SIGINT', from: 'creation', afterMs: random(0, 15_000) },
  { signal: 'SIGKILL', from: 'creation', afterMs: random(0, 15_000) },
  { signal: 'SIGKILL', from: 'clean-up', afterMs: random(0, 1_500) },
];

test.for(kills)(
  '$signal $afterMs ms after its $from leaves nothing, and a run beside it alone',
  { timeout: 900_000 },
  async (kill, { signal }) => {
    const { complaints, output } = await killAcceptance(kill, engine, signal);
    expect(complaints, output).toEqual([]);
    const others = (await belongings(dockerOf(engine))).filter(({ run }) => run.id === bystander.id);
    expect(others.map(({ kind }) => kind).toSorted()).toEqual(['network', 'volume']);
  },
);
