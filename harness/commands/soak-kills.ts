import { dockerOf } from '../engine/client.ts';
import { out } from '../report/output.ts';
import { seconds } from '../report/timeline.ts';
import { belongings } from '../runs/belongings.ts';
import { newRun } from '../runs/identity.ts';
import { removeRun } from '../runs/remove-runs.ts';
import { defaulted } from '../verifiers/flags.ts';
import { wholeSeconds } from '../verifiers/values.ts';
import type { CommandContext } from './command.ts';
import { readInput } from './input.ts';
import { type Kill, killAcceptance } from './kill.ts';
import { prepare } from './prepare.ts';

export const killFlags = {
  rounds: defaulted('COUNT', 'how many runs are killed', wholeSeconds(1, 1000), 20),
  within: defaulted(
    'SECONDS',
    'the latest moment after the start, or after the first thing was created',
    wholeSeconds(1, 600),
    45,
  ),
};

/** Kills the acceptance run at random moments and looks for what it leaves, while another run stands by. */
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

/** A clean-up is over in seconds: moments in it are drawn from these (milliseconds). */
const cleanUpMs = 3_000;

/** SIGINT and SIGKILL in turn; of ten kills three come after the start, and two while a Ctrl-C is cleaned up after. */
function randomKill(round: number, withinMs: number): Kill {
  const signal = round % 2 === 0 ? 'SIGINT' : 'SIGKILL';
  const drawn = Math.random();
  const from = drawn < 0.3 ? 'start' : drawn < 0.5 ? 'clean-up' : 'creation';
  return { signal, from, afterMs: Math.round(Math.random() * (from === 'clean-up' ? cleanUpMs : withinMs)) };
}
