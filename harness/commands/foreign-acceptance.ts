import type { Settings } from '../config.ts';
import { readServiceSecrets } from '../config.ts';
import { besideImages } from '../environment/foreign-services.ts';
import type { ForeignCluster } from '../environment/request.ts';
import { UsageError } from '../problem.ts';
import { out } from '../report/output.ts';
import type { Tally } from '../report/tally.ts';
import { givenPostgres } from '../services/given-postgres.ts';
import { type ClusterValues, chosenContext } from './cluster-flags.ts';
import type { CommandContext } from './command.ts';
import { namespaceIsFree, type OpenedCluster, openCluster } from './foreign-cluster.ts';
import { foreignRun } from './foreign-run.ts';
import { planOf } from './plan.ts';
import { prepare, prepareTools } from './prepare.ts';
import { resolveSubject } from './resolve-subject.ts';
import { runSuites } from './run-suites.ts';
import { servicesNetwork } from './services-network.ts';
import type { SubjectValues } from './subject-flags.ts';
import { foreignValuesAccepted } from './values-accepted.ts';

export interface ForeignValues extends ClusterValues, SubjectValues {
  readonly suite: readonly string[];
  readonly artefacts: string;
}

/**
 * Runs the suites on a cluster that isn't ours.
 *
 * @returns undefined where only the plan was asked for
 * @throws UsageError in one line for what can only be seen by looking: credentials, server, production, a namespace that
 *   is taken, an image without a commit; with every value that the chart refuses
 */
export async function foreignAcceptance(
  values: ForeignValues,
  settings: Settings,
  context: CommandContext,
): Promise<Tally | undefined> {
  const { progress, signal } = context;
  const chosen = chosenContext(given(values.kubeconfig), values.context);
  await using cluster = await openCluster(chosen, values['yes-this-cluster'], context);
  await namespaceIsFree(cluster.api, values.namespace, signal);
  const { services, 'services-network': network } = values;
  const { postgresUrl = '' } = readServiceSecrets();
  const postgres = services === undefined ? undefined : givenPostgres(postgresUrl, services.postgres);
  await postgres?.open();
  const places = { api: cluster.api, ...(postgres === undefined ? {} : { postgres }) };
  if (values.plan) {
    out(`${await planOf(values, chosen, places, settings, context)}\n`);
    return undefined;
  }
  const fit = await foreignValuesAccepted(values, settings, context);
  const looksAtImage = values['git-sha'] === undefined;
  return foreignRun(places, network !== undefined || looksAtImage, context, async (run, engine) => {
    const lookedAt = looksAtImage ? engine : undefined;
    const subject = await resolveSubject(values, { settings, run, engine: lookedAt }, context, fit);
    const around =
      services ??
      (await servicesNetwork(given(network), { engine: given(engine), api: cluster.api, progress, signal }));
    await (network === undefined ? prepareTools(settings, context) : prepare(settings, context, besideImages));
    return runSuites(
      {
        suites: values.suite,
        settings,
        subject,
        run,
        artefacts: values.artefacts,
        cluster: foreignCluster(values, cluster, chosen.file, around),
      },
      context,
    );
  });
}

function foreignCluster(
  values: ForeignValues,
  { context }: OpenedCluster,
  kubeconfig: string,
  services: ForeignCluster['services'],
): ForeignCluster {
  const { domain, 'bind-role': bindRole, 'ingress-class': className, 'ingress-namespace': namespace } = values;
  const trust = values['ingress-ca']?.certificates.join('\n');
  return {
    kubeconfig,
    context,
    services,
    domain,
    ingress: {
      address: given(values['ingress-address']),
      ...(className === undefined ? {} : { className }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(trust === undefined ? {} : { trust: `${trust}\n` }),
    },
    ...(bindRole === undefined ? {} : { bindRole }),
  };
}

/** Flags that the validation of the command has seen to. */
function given<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new UsageError(['a flag that is needed with --kubeconfig is missing']);
  }
  return value;
}
