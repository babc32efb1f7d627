import type { ValuePath } from '../helm/value-path.ts';
import { deployments } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** One thing that is taken away from outside the chart, and what the smoke has to say of it. */
export interface SmokeFault {
  readonly title: string;
  /** Takes it away until disposed of. */
  inject(environment: Environment, site: Site, signal: AbortSignal): Promise<AsyncDisposable>;
  /** The way in: an unready pod is out of the Service, so what is behind it is only seen at the pod itself. */
  readonly via: 'pod' | 'ingress';
  /** Id of the leg that goes red, alone. */
  readonly red: string;
  /** Status or effect: the same in every dialect (contract, "Two dialects"). */
  readonly observed: RegExp;
  /** What was seen in the reference backplane's own words, and where they lead. */
  readonly word: RegExp;
  readonly hint: RegExp;
  /** Names of the readiness probes that fail meanwhile; what another image calls them is its own. */
  readonly unready: readonly string[];
  /** A value of the release without which it isn't seen in time, where the chart may not take it. */
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

/** Takes the release's own Valkey away until disposed of. */
async function stopBroadcast(
  { api, request }: Environment,
  { namespace }: Site,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  // By its labels, to which the chart's policy lets the backplane out (seed, "NetworkPolicy"); its name is the chart's own.
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
  // Undoing goes on when the test's signal has fired.
  return { [Symbol.asyncDispose]: () => scale(1, {}) };
}
