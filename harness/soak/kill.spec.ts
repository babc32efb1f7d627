import { quiet } from '@meho/core/report/testing/quiet';
import { newRun, type RunIdentity } from '@meho/core/runs/identity';
import { dockerOf } from '@meho/images/engine/client';
import type { Engine } from '@meho/images/engine/engine';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { belongings } from '@meho/images/engine/runs/belongings';
import { removeRun } from '@meho/images/engine/runs/remove-runs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Kill, killAcceptance } from './kill.ts';

const signal = new AbortController().signal;
let engine: Engine;
let bystander: RunIdentity;

/** A live run, which nobody may touch. */
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

/** `npm run soak` kills at 20 moments. */
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
