import type { ValuesOf } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { readServiceSecrets } from '@meho/core/config';
import { Problem } from '@meho/core/problem';
import { out } from '@meho/core/report/output';
import { candidates } from '@meho/images/engine/candidates';
import { ping } from '@meho/images/engine/client';
import { type EngineEndpoint, namedEndpoint } from '@meho/images/engine/endpoint';
import type { Engine } from '@meho/images/engine/engine';
import { unsetHint } from '@meho/images/engine/ensure-engine';
import { hostOf, systemPlace } from '@meho/images/engine/place';
import { isDead, liveRuns, removeDeadRuns } from '@meho/images/engine/runs/remove-runs';
import { stopEngine } from '@meho/images/engine/stop-engine';
import { externalPostgres } from '../services/external-postgres.ts';
import { commonVariables, readInput, workCodes } from './calling/input.ts';
import type { Command, CommandContext } from './command.ts';
import {
  clusterFlags,
  contextFlags,
  contextProblems,
  placeVariables,
  readChosenContext,
} from './existing-cluster/cluster-flags.ts';
import { openExistingCluster } from './existing-cluster/existing-cluster.ts';
import { removeLeftovers } from './existing-cluster/existing-cluster-run.ts';
import { endHeldRuns } from './reuse/held.ts';

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

/** Leaves live runs and their engine alone, except those that only wait for it. */
export const down: Command = {
  name: 'down',
  summary: 'end what is up, remove what earlier runs left, and stop the private engine',
  usage: usage({
    command: 'npm run down --',
    summary:
      'Ends what npm run up and --keep have left, and removes containers, networks, volumes and folders of runs that are gone, with --kubeconfig their namespaces on that cluster and with --services their databases as well, then stops the private engine.',
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
    await endHeldRuns(context);
    const named = namedEndpoint();
    const engines = await runningEngines(named);
    if (named !== undefined && !engines.some(({ host }) => host === named.host)) {
      throw new Problem({
        expected: `a Docker engine at ${named.host}, which ${named.source} names`,
        observed: "it does not answer, so what runs left in it can't be seen",
        next: `start it, or ${unsetHint(named.source)} to look into the engines of this machine`,
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

/** Removes namespaces of dead runs only. */
async function downOn(kubeconfig: string, values: ValuesOf<typeof flags>, context: CommandContext): Promise<void> {
  const chosen = readChosenContext(kubeconfig, values.context);
  await using cluster = await openExistingCluster(chosen, values['yes-this-cluster'], context);
  const { services } = values;
  const { postgresUrl = '' } = readServiceSecrets();
  const places = services === undefined ? {} : { postgres: externalPostgres(postgresUrl, services.postgres) };
  const removed = await removeLeftovers({ api: cluster.api, ...places }, isDead, context.signal);
  for (const line of removed) {
    out(`removed ${line}\n`);
  }
  context.progress.note(
    `context ${chosen.context}: ${removed.length} namespaces and databases of runs that are gone were removed`,
  );
}

/** The named one, or all that a run could have found. */
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
