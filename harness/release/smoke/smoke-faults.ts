import { Problem } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ValuePath } from '@meho/helm/value-path';
import { deployments } from '@meho/kube/api/resource';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

export interface SmokeFault {
  readonly title: string;
  /** Injects the fault until disposed of. */
  inject(environment: Environment, target: InstallTarget, signal: AbortSignal): Promise<AsyncDisposable>;
  /** An unready pod is out of the Service, reachable only directly. */
  readonly via: 'pod' | 'ingress';
  /** Id of the one failing leg. */
  readonly red: string;
  /** Holds for every image (contract, "Two dialects"). */
  readonly observed: RegExp;
  /** Reference backplane's wording and hint. */
  readonly word: RegExp;
  readonly hint: RegExp;
  /** Readiness probes that fail meanwhile, by the reference backplane's names. */
  readonly unready: readonly string[];
  /** Makes the fault visible in time; a chart may not take it. */
  readonly setting?: ValuePath;
}

export const smokeFaults: readonly SmokeFault[] = [
  {
    title: 'Vault is sealed',
    inject: ({ vault }) => vault.seal(),
    via: 'pod',
    red: 'vault-readable',
    observed: /\.vault\.read_ok is false/,
    word: /login_failed: VaultDown/,
    hint: /sealed.*vault operator unseal/,
    unready: ['vault'],
  },
  {
    title: 'Vault is out of reach',
    inject: ({ vault }) => vault.outage('stopped'),
    via: 'pod',
    red: 'vault-readable',
    observed: /\.vault\.reachable is false/,
    word: /reachable is false.*login_failed: (ConnectError|ConnectTimeout|TimeoutError)/,
    hint: /gets no answer of Vault.*networkPolicy\.vaultCIDR/,
    unready: ['vault'],
  },
  {
    title: "Vault's policy is missing",
    inject: ({ vault }) => vault.removePolicy(),
    via: 'ingress',
    red: 'vault-readable',
    observed: /\.vault\.read_ok is false/,
    word: /read_failed: Forbidden/,
    hint: /policies don't let it read.*secret\/data\/meho\/test\/federation/,
    unready: [],
  },
  {
    title: 'the KV path is missing',
    inject: ({ vault }) => vault.removeSecret(),
    via: 'ingress',
    red: 'vault-readable',
    observed: /\.vault\.read_ok is false/,
    word: /read_failed: InvalidPath/,
    hint: /vault kv put secret\/meho\/test\/federation/,
    unready: [],
  },
  {
    title: "the issuer's keys are out of reach",
    setting: ['config', 'keycloakJwksCacheTtlSeconds'],
    inject: ({ openId }) => openId.outage('stopped'),
    via: 'pod',
    red: 'operator-status',
    observed: /^(401|503)\b/,
    word: /503 jwks_unavailable/,
    hint: /issuer is up/,
    unready: ['keycloak'],
  },
  {
    title: 'the database is stopped',
    inject: ({ postgres }) => postgres.outage('stopped'),
    via: 'pod',
    red: 'operator-status',
    observed: /^50[03]\b/,
    word: /503 audit_unavailable/,
    hint: /database is up/,
    unready: ['database', 'migration'],
  },
  {
    title: 'Valkey is stopped',
    inject: stopBroadcast,
    via: 'ingress',
    red: 'operator-status',
    observed: /\b50[234]\b/,
    word: /\b50[234]\b/,
    hint: /no ready backplane behind it.*\/ready/,
    unready: ['broadcast'],
  },
];

const scaleDeadlineMs = 60_000;

async function stopBroadcast(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  // By the labels that the policy allows (seed, "NetworkPolicy"); names differ by chart.
  const labels = `app.kubernetes.io/name=broadcast,app.kubernetes.io/instance=${request.subject.release}`;
  const { items } = await api.listMetadata(deployments, { namespace, labels }, { signal });
  const [name, ...others] = items.map(({ metadata }) => metadata?.name ?? '');
  if (name === undefined || others.length > 0) {
    throw new Problem({
      expected: `one Deployment of the broadcast in ${namespace}`,
      observed: `there are ${items.length}`,
      next: `kubectl -n ${namespace} get deployments -l ${labels}`,
    });
  }
  const scale = async (replicas: number, during: { readonly signal?: AbortSignal }) => {
    await api.patch(deployments, namespace, name, { spec: { replicas } }, during);
    await waitFor(
      `Deployment ${name} to have ${replicas} replicas`,
      async () => {
        const { status } = await api.get(deployments, namespace, name);
        const [all, ready] = [status?.replicas ?? 0, status?.readyReplicas ?? 0];
        return all === replicas && ready === replicas ? holds(undefined) : notYet(`${all}, of which ${ready} ready`);
      },
      { deadlineMs: scaleDeadlineMs, ...during },
    );
  };
  await scale(0, { signal });
  // Without the signal, which may have fired.
  return { [Symbol.asyncDispose]: () => scale(1, {}) };
}
