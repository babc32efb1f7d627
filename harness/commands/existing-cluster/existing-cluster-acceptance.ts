import { readServiceSecrets, type Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { out } from '@meho/core/report/output';
import type { Tally } from '@meho/core/report/tally';
import { adjacentServiceImages } from '../../release/environment/cluster-services.ts';
import type { ExistingCluster } from '../../release/environment/request.ts';
import { externalPostgres } from '../../services/external-postgres.ts';
import type { CommandContext } from '../command.ts';
import { prepare, prepareTools } from '../running/prepare.ts';
import { runSuites, type Selection } from '../running/run-suites.ts';
import { checkValuesOnExistingCluster } from '../subject/check-values.ts';
import { resolveSubject } from '../subject/resolve-subject.ts';
import type { SubjectValues } from '../subject/subject-flags.ts';
import { type ClusterValues, readChosenContext } from './cluster-flags.ts';
import { assertNamespaceIsFree, type ExistingClusterHandle, openExistingCluster } from './existing-cluster.ts';
import { withExistingClusterRun } from './existing-cluster-run.ts';
import { planOf } from './plan.ts';
import { servicesNetwork } from './services-network.ts';

export interface ExistingClusterValues extends ClusterValues, SubjectValues {}

/**
 * @returns undefined if only a plan was requested
 * @throws UsageError, one line, for what only the cluster or engine can show (credentials, server, production, a taken
 * namespace, an image without a commit), or with every value that the chart refuses
 */
export async function runOnExistingCluster(
  values: ExistingClusterValues,
  selection: Selection,
  settings: Settings,
  context: CommandContext,
): Promise<Tally | undefined> {
  const { progress, signal } = context;
  const chosen = readChosenContext(required(values.kubeconfig), values.context);
  await using cluster = await openExistingCluster(chosen, values['yes-this-cluster'], context);
  await assertNamespaceIsFree(cluster.api, values.namespace, signal);
  const { services, 'services-network': network } = values;
  const { postgresUrl = '' } = readServiceSecrets();
  const postgres = services === undefined ? undefined : externalPostgres(postgresUrl, services.postgres);
  await postgres?.open();
  const places = { api: cluster.api, ...(postgres === undefined ? {} : { postgres }) };
  if (values.plan) {
    out(`${await planOf(values, chosen, places, settings, context)}\n`);
    return undefined;
  }
  const fit = await checkValuesOnExistingCluster(values, cluster.api, settings, context);
  const looksAtImage = values['git-sha'] === undefined;
  return withExistingClusterRun(places, network !== undefined || looksAtImage, context, async (run, engine) => {
    const lookedAt = looksAtImage ? engine : undefined;
    const subject = await resolveSubject(values, { settings, run, engine: lookedAt }, context, fit);
    const around =
      services ??
      (await servicesNetwork(required(network), { engine: required(engine), api: cluster.api, progress, signal }));
    await (network === undefined ? prepareTools(settings, context) : prepare(settings, context, adjacentServiceImages));
    return runSuites(
      {
        ...selection,
        settings,
        subject,
        run,
        cluster: existingClusterRequest(values, cluster, chosen.file, around),
      },
      context,
    );
  });
}

function existingClusterRequest(
  values: ExistingClusterValues,
  { context }: ExistingClusterHandle,
  kubeconfig: string,
  services: ExistingCluster['services'],
): ExistingCluster {
  const { domain, 'bind-role': bindRole, 'ingress-class': className, 'ingress-namespace': namespace } = values;
  const trust = values['ingress-ca']?.certificates.join('\n');
  return {
    kubeconfig,
    context,
    services,
    domain,
    ingress: {
      address: required(values['ingress-address']),
      ...(className === undefined ? {} : { className }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(trust === undefined ? {} : { trust: `${trust}\n` }),
    },
    ...(bindRole === undefined ? {} : { bindRole }),
  };
}

/** The command has validated these flags. */
function required<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new UsageError(['a flag that is needed with --kubeconfig is missing']);
  }
  return value;
}
