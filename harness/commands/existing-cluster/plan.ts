import type { Settings } from '@meho/core/config';
import { isDead } from '@meho/images/engine/runs/remove-runs';
import { namespaces } from '@meho/kube/api/resource';
import { runNamespaces } from '../../clusters/run-namespaces.ts';
import { chooseIngress } from '../../release/environment/existing-ingress.ts';
import type { CommandContext } from '../command.ts';
import { plannedObjects } from '../subject/planned-objects.ts';
import type { ChosenContext } from './cluster-flags.ts';
import type { ExistingClusterValues } from './existing-cluster-acceptance.ts';
import type { ExistingClusterPlaces } from './existing-cluster-run.ts';

/** Example; a run generates its own. */
const exampleNamespace = 'meho-install-xxxxxx';

/** Reads only. */
export async function planOf(
  values: ExistingClusterValues,
  { context, file }: ChosenContext,
  { api, postgres }: ExistingClusterPlaces,
  settings: Settings,
  commandContext: CommandContext,
): Promise<string> {
  const { signal } = commandContext;
  const all = (await api.listMetadata(namespaces, {}, { signal })).items.length;
  const ours = await runNamespaces(api, signal);
  const dead = await Promise.all(ours.map(({ run }) => isDead(run)));
  const remains = ours.filter((_, index) => dead[index] === true);
  const named = { className: values['ingress-class'], namespace: values['ingress-namespace'] };
  const ingress = await chooseIngress(api, named, signal);
  const place = { namespace: values.namespace ?? exampleNamespace, ingress };
  const { objects } = await plannedObjects(values, place, settings, commandContext);
  const beside = values['services-network'];
  const role = values['bind-role'];
  return [
    `plan for context ${context} of ${file} (${api.access.server.origin})`,
    '',
    'would be removed first, because their run is gone:',
    ...list(remains.map(({ name, run }) => `namespace ${name} of run ${run.id}`)),
    ...(postgres === undefined
      ? []
      : ['  databases and roles on the given Postgres that carry the mark of such a run']),
    '',
    'would be created, and removed at the end:',
    `  ${firstNamespace(values.namespace)}`,
    `  further namespaces ${values.namespace ?? 'meho'}-PURPOSE-XXXXXX, one for each story with a release of its own`,
    '  in each:',
    ...(role === undefined
      ? []
      : [`    RoleBinding meho-acceptance: ClusterRole ${role} for the identity of this run`]),
    '    Secret meho-postgres (the URL of a fresh database)',
    ...(values['ingress-ca'] === undefined ? ['    Secret meho-tls (a certificate for NAMESPACE.DOMAIN)'] : []),
    ...(beside !== undefined || values.services?.trustBundle !== undefined ? ['    ConfigMap lab-ca'] : []),
    ...(values.objects === undefined ? [] : [`    the objects of ${values.objects.file}`]),
    `    release ${values.release} of ${values.chart} with image ${values.image}, which for the cold install makes:`,
    ...objects.map((object) => `      ${object}`),
    `    reached as NAMESPACE.${values.domain}, by ${ingress.said ?? `IngressClass ${ingress.className}`}`,
    beside === undefined
      ? '  on the given Postgres, for each namespace: a database and a role meho_PURPOSE_XXXXXX'
      : `  containers on Docker network ${beside}: Postgres, Valkey, an OpenID provider, Vault`,
    '',
    `would be left alone: all ${all - remains.length} other namespaces, and everything outside namespaces`,
  ].join('\n');
}

function firstNamespace(wanted: string | undefined): string {
  return wanted === undefined
    ? 'namespace meho-install-XXXXXX, for the cold install'
    : `namespace ${wanted}, for the cold install`;
}

function list(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${line}`);
}
