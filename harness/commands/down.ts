import { readServiceSecrets } from '../config.ts';
import { candidates } from '../engine/candidates.ts';
import { ping } from '../engine/client.ts';
import { type EngineEndpoint, namedEndpoint } from '../engine/endpoint.ts';
import type { Engine } from '../engine/engine.ts';
import { withdraw } from '../engine/ensure-engine.ts';
import { hostOf, systemPlace } from '../engine/place.ts';
import { stopEngine } from '../engine/stop-engine.ts';
import { Problem } from '../problem.ts';
import { out } from '../report/output.ts';
import { isDead, liveRuns, removeDeadRuns } from '../runs/remove-runs.ts';
import { givenPostgres } from '../services/given-postgres.ts';
import type { ValuesOf } from '../verifiers/flags.ts';
import { usage } from '../verifiers/usage.ts';
import { chosenContext, clusterFlags, contextFlags, contextProblems, placeVariables } from './cluster-flags.ts';
import type { Command, CommandContext } from './command.ts';
import { openCluster } from './foreign-cluster.ts';
import { removeRemains } from './foreign-run.ts';
import { commonVariables, readInput, workCodes } from './input.ts';

const pingDeadlineMs = 5000;
const { DOCKER_HOST, NO_COLOR } = commonVariables;

const flags = {
  ...contextFlags,
  kubeconfig: { ...contextFlags.kubeconfig, help: 'also look on the cluster of this kubeconfig' },
  services: {
    ...clusterFlags.services,
    help: 'also look on the Postgres of this file, as `npm run acceptance` takes it',
  },
};

function problemsOf(values: Partial<ValuesOf<typeof flags>>): readonly string[] {
  const unopened = values.services !== undefined && readServiceSecrets().postgresUrl === undefined;
  const alone = values.services !== undefined && values.kubeconfig === undefined;
  return [
    ...contextProblems(values),
    ...(alone ? ['--services goes with --kubeconfig'] : []),
    ...(unopened ? ['MEHO_POSTGRES_URL is required with --services'] : []),
  ];
}

/** Removes what is left of runs that are gone. A run that is still going is left alone, and so is its engine. */
export const down: Command = {
  name: 'down',
  summary: 'remove what earlier runs left, and stop the private engine',
  usage: usage({
    command: 'npm run down --',
    summary:
      'Removes containers, networks, volumes and folders of runs that are gone, with --kubeconfig their namespaces on that cluster and with --services their databases as well, then stops the private engine.',
    flags,
    environment: { ...placeVariables, DOCKER_HOST, NO_COLOR },
    exitCodes: workCodes,
  }),
  async run(args, context) {
    const { values } = readInput(flags, args, problemsOf);
    const { progress, signal } = context;
    if (values.kubeconfig !== undefined) {
      await downOn(values.kubeconfig, values, context);
    }
    const named = namedEndpoint();
    const engines = await runningEngines(named);
    if (named !== undefined && !engines.some(({ host }) => host === named.host)) {
      throw new Problem({
        expected: `a Docker engine at ${named.host}, which ${named.source} names`,
        observed: "it does not answer, so what runs left in it can't be seen",
        next: `start it, or ${withdraw(named.source)} to look into the engines of this machine`,
      });
    }
    if (engines.length === 0) {
      progress.note('no Docker engine runs: nothing to remove');
      return 0;
    }
    for (const engine of engines) {
      const removed = await removeDeadRuns({ engine, signal });
      for (const { kind, name, runId } of removed) {
        out(`removed ${kind} ${name} (run ${runId})\n`);
      }
      progress.note(`${engine.host}: ${removed.length} things of runs that are gone were removed`);
      const live = await liveRuns({ engine });
      for (const { id, owner } of live) {
        progress.note(
          `${engine.host}: run ${id} of process ${owner.pid} is still going; it and its engine are left alone`,
        );
      }
      if (engine.ours && live.length === 0 && (await stopEngine({ signal }))) {
        out('stopped the private Docker engine\n');
      }
    }
    return 0;
  },
};

/** A cluster of others: only namespaces that carry the labels of a run which is gone. */
async function downOn(kubeconfig: string, values: ValuesOf<typeof flags>, context: CommandContext): Promise<void> {
  const chosen = chosenContext(kubeconfig, values.context);
  await using cluster = await openCluster(chosen, values['yes-this-cluster'], context);
  const { services } = values;
  const { postgresUrl = '' } = readServiceSecrets();
  const places = services === undefined ? {} : { postgres: givenPostgres(postgresUrl, services.postgres) };
  const removed = await removeRemains({ api: cluster.api, ...places }, isDead, context.signal);
  for (const line of removed) {
    out(`removed ${line}\n`);
  }
  context.progress.note(
    `context ${chosen.context}: ${removed.length} namespaces and databases of runs that are gone were removed`,
  );
}

/** Every engine in which a run may have left something: the one that is named, or all that a run could have found. */
async function runningEngines(named: EngineEndpoint | undefined): Promise<readonly Engine[]> {
  const places: readonly EngineEndpoint[] =
    named === undefined ? [...candidates(), { host: hostOf(systemPlace), source: 'private engine' }] : [named];
  const answers = await Promise.all(
    places.map(async (endpoint) => ({ endpoint, answer: await ping(endpoint, pingDeadlineMs) })),
  );
  return answers.flatMap(({ endpoint: { host, tls }, answer }) =>
    answer.answers
      ? [{ host, version: answer.version, ours: host === hostOf(systemPlace), ...(tls === undefined ? {} : { tls }) }]
      : [],
  );
}
