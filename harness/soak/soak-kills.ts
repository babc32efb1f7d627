import { defaulted } from '@meho/core/command-line/flags';
import { wholeSeconds } from '@meho/core/command-line/values';
import { out } from '@meho/core/report/output';
import { seconds } from '@meho/core/report/timeline';
import { newRun } from '@meho/core/runs/identity';
import { dockerOf } from '@meho/images/engine/client';
import { belongings } from '@meho/images/engine/runs/belongings';
import { removeRun } from '@meho/images/engine/runs/remove-runs';
import { readInput } from '../commands/calling/input.ts';
import type { CommandContext } from '../commands/command.ts';
import { prepare } from '../commands/running/prepare.ts';
import { type Kill, killAcceptance } from './kill.ts';

export const killFlags = {
  rounds: defaulted('COUNT', 'how many runs are killed', wholeSeconds(1, 1000), 20),
  within: defaulted(
    'SECONDS',
    'the latest moment after the start, or after the first thing was created',
    wholeSeconds(1, 600),
    45,
  ),
};

/** Kills runs while another one is alive. */
export async function soakKills(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(killFlags, args);
  const { progress, signal } = context;
  const engine = await prepare(settings, context);
  const bystander = await newRun();
  const docker = dockerOf(engine);
  const name = `soak-${bystander.id}`;
  let missed = 0;
  try {
    await docker.createNetwork({ Name: name, Labels: { ...bystander.labels } });
    await docker.createVolume({ Name: name, Labels: { ...bystander.labels } });
    for (let round = 0; round < values.rounds; round += 1) {
      signal.throwIfAborted();
      const kill = randomKill(round, values.within * 1000);
      const killed = await progress.step(`${kill.signal} ${seconds(kill.afterMs)} after ${kill.from}`, () =>
        killAcceptance(kill, engine, signal),
      );
      const beside = (await belongings(docker)).filter(({ run }) => run.id === bystander.id);
      const complaints = [
        ...killed.complaints,
        ...(beside.length === 2 ? [] : [`the run beside it has ${beside.length} of its 2 things left`]),
      ];
      missed += complaints.length > 0 ? 1 : 0;
      const verdict = complaints.length === 0 ? 'ok' : `FAIL ${complaints.join('; ')}\n${killed.output}`;
      out(
        `${kill.signal.padEnd(7)} ${seconds(kill.afterMs).padStart(7)} after ${kill.from.padEnd(8)}  ${String(killed.had).padStart(2)} things there  ended in ${seconds(killed.endedAfterMs)}  ${verdict}\n`,
      );
    }
  } finally {
    await removeRun(bystander, { engine, signal: AbortSignal.timeout(60_000) });
  }
  out(`${values.rounds - missed} of ${values.rounds} kills left nothing\n`);
  return missed === 0 ? 0 : 1;
}

/** In milliseconds; a clean-up takes seconds. */
const cleanUpMs = 3_000;

/** Alternates SIGINT and SIGKILL. */
function randomKill(round: number, withinMs: number): Kill {
  const signal = round % 2 === 0 ? 'SIGINT' : 'SIGKILL';
  const drawn = Math.random();
  const from = drawn < 0.3 ? 'start' : drawn < 0.5 ? 'clean-up' : 'creation';
  return { signal, from, afterMs: Math.round(Math.random() * (from === 'clean-up' ? cleanUpMs : withinMs)) };
}
