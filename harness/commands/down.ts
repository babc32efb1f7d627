import { candidates } from '../engine/candidates.ts';
import { ping } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { hostOf, systemPlace } from '../engine/place.ts';
import { stopEngine } from '../engine/stop-engine.ts';
import { Problem } from '../problem.ts';
import { liveRuns, removeDeadRuns } from '../runs/remove-runs.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command } from './command.ts';
import { commonVariables, readInput } from './input.ts';

const pingDeadlineMs = 5000;

/** Removes what is left of runs that are gone. A run that is still going is left alone, and so is its engine. */
export const down: Command = {
  name: 'down',
  summary: 'remove what earlier runs left, and stop the private engine',
  usage: usage({
    command: 'npm run down',
    summary: 'Removes containers, networks, volumes and folders of runs that are gone, then stops the private engine.',
    flags: {},
    environment: commonVariables,
  }),
  async run(args, { progress, signal }) {
    const { settings } = readInput({}, args);
    const engines = await runningEngines(settings.dockerHost);
    if (engines.length === 0 && settings.dockerHost !== undefined) {
      throw new Problem({
        expected: `a Docker engine at DOCKER_HOST=${settings.dockerHost}`,
        observed: "it does not answer, so what runs left in it can't be seen",
        next: 'start it, or unset DOCKER_HOST to look into the engines of this machine',
      });
    }
    if (engines.length === 0) {
      progress.note('no Docker engine runs: nothing to remove');
      return 0;
    }
    for (const engine of engines) {
      const removed = await removeDeadRuns({ engine, signal });
      for (const { kind, name, runId } of removed) {
        process.stdout.write(`removed ${kind} ${name} (run ${runId})\n`);
      }
      progress.note(`${engine.host}: ${removed.length} things of runs that are gone were removed`);
      const live = await liveRuns({ engine });
      for (const { id, owner } of live) {
        progress.note(
          `${engine.host}: run ${id} of process ${owner.pid} is still going; it and its engine are left alone`,
        );
      }
      if (engine.ours && live.length === 0 && (await stopEngine({ signal }))) {
        process.stdout.write('stopped the private Docker engine\n');
      }
    }
    return 0;
  },
};

/** Every engine in which a run may have left something: the one that is named, or all that a run could have found. */
async function runningEngines(named: string | undefined): Promise<readonly Engine[]> {
  const hosts = named === undefined ? [...(await candidates()).map(({ host }) => host), hostOf(systemPlace)] : [named];
  const answers = await Promise.all(
    [...new Set(hosts)].map(async (host) => ({ host, answer: await ping(host, pingDeadlineMs) })),
  );
  return answers.flatMap(({ host, answer }) =>
    answer.answers ? [{ host, version: answer.version, ours: host === hostOf(systemPlace) }] : [],
  );
}
