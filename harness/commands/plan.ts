import { runNamespaces } from '../cluster/run-namespaces.ts';
import type { Settings } from '../config.ts';
import { namespaces } from '../kube/resource.ts';
import { isDead } from '../runs/remove-runs.ts';
import type { ChosenContext } from './cluster-flags.ts';
import type { CommandContext } from './command.ts';
import type { ForeignValues } from './foreign-acceptance.ts';
import type { ForeignPlaces } from './foreign-run.ts';
import { plannedObjects } from './planned-objects.ts';

/** Stands for the one that a run makes up. */
const exampleNamespace = 'meho-install-xxxxxx';

/** What a run on a cluster of others would create and remove, from looking alone. */
export async function planOf(
  values: ForeignValues,
  { context, file }: ChosenContext,
  { api, postgres }: ForeignPlaces,
  settings: Settings,
  commandContext: CommandContext,
): Promise<string> {
  const { signal } = commandContext;
  const all = (await api.listMetadata(namespaces, {}, { signal })).items.length;
  const ours = await runNamespaces(api, signal);
  const dead = await Promise.all(ours.map(({ run }) => isDead(run)));
  const remains = ours.filter((_, index) => dead[index] === true);
  const { objects } = await plannedObjects(values, values.namespace ?? exampleNamespace, settings, commandContext);
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
    `    reached as NAMESPACE.${values.domain}`,
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
