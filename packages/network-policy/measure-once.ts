import { isIPv4 } from 'node:net';
import { Problem } from '@meho/core/problem';
import { once } from '@meho/core/wait/once';
import { type Subject, selectorOf } from '@meho/helm/subject';
import { releaseValues, type Values } from '@meho/helm/values';
import type { KubeApi } from '@meho/kube/api/api';
import { policyEngineOf, serverVersion } from '@meho/kube/description';
import { declare, type PolicyValues } from './declare.ts';
import type { NotMeasured } from './matrix.ts';
import { observeMatrix } from './observe-matrix.ts';
import type { PolicyMeasurement } from './policy-measurement.ts';
import type { Question } from './probe/ask-probe.ts';
import { placeProbes } from './probe/place.ts';
import { engineSemanticsOf } from './semantics/read-cluster-policies.ts';
import type { Host, Topology, Upstream } from './topology.ts';

export interface MeasurementOptions {
  readonly subject: Subject;
  readonly probeImage: string;
  /** If the CIDR isn't a single host. */
  readonly addresses: Readonly<Partial<Record<Upstream['id'], string>>>;
  /** Reachable hosts that the release must not call. */
  readonly forbidden: readonly Question[];
  readonly withGuests: boolean;
  readonly liftPolicies: boolean;
}

const labels = { 'app.kubernetes.io/managed-by': 'meho-acceptance', 'meho.io/purpose': 'network-policy' };

export function measureOnce(api: KubeApi, options: MeasurementOptions): PolicyMeasurement {
  const { subject, withGuests, liftPolicies, probeImage } = options;
  const reading = once(async (signal: AbortSignal) =>
    policyValues(await releaseValues(api, subject.namespace, subject.release, { signal })),
  );
  const placing = once(async (signal: AbortSignal) => {
    const topology = topologyOf(await reading(signal), options);
    return placeProbes(api, topology, { image: probeImage, labels, guestsAmongOthers: withGuests, signal });
  });
  const measuring = once(async (signal: AbortSignal) => {
    await using probes = await placing(signal);
    const values = await reading(signal);
    const { namespace } = subject;
    const engine = await policyEngineOf(api, await serverVersion(api));
    const matrix = await observeMatrix(api, probes, {
      declare: declare(values, subject),
      semantics: engineSemanticsOf(engine),
      controls: liftPolicies ? { namespace, labels: selectorOf(subject) } : 'witness',
      signal,
    });
    const skipped = [...matrix.skipped, ...unknownHosts(probes.topology), ...unprobedNamespaces(values)];
    return { matrix: { ...matrix, skipped }, changes: await probes.changes() };
  });
  return {
    enforced: async (signal) => {
      // Ensures removal even if nothing else is asked.
      measuring(signal).catch(() => undefined);
      return (await placing(signal)).enforced;
    },
    matrix: async (signal) => (await measuring(signal)).matrix,
    changes: async (signal) => (await measuring(signal)).changes,
  };
}

/**
 * Picks the values that matter. Missing ones default to the seed's ("Full values reference"): policy on, broadcast on
 * 6379.
 *
 * @throws Problem without any policy values, or for a wrong type
 */
export function policyValues(values: Values): PolicyValues & { readonly addresses: Values } {
  const table = (name: string) => (values[name] ?? {}) as Values;
  const text = (of: Values, name: string) => (typeof of[name] === 'string' ? of[name] : '');
  const [policy, broadcast] = [table('networkPolicy'), table('broadcast')];
  const service = (broadcast['service'] ?? {}) as Values;
  const [enabled, ofItsOwn] = [policy['enabled'] ?? true, broadcast['enabled'] ?? true];
  const port = numberOf(service['port'] ?? 6379);
  const isThere = values['networkPolicy'] !== undefined && values['broadcast'] !== undefined;
  if (!isThere || typeof enabled !== 'boolean' || typeof ofItsOwn !== 'boolean' || port === undefined) {
    throw new Problem({
      expected: 'values of a MEHO chart: networkPolicy.enabled, broadcast.enabled and broadcast.service.port',
      observed: 'the release has none of these, or of another type',
      next: 'see `helm get values --all`',
    });
  }
  return {
    nameOverride: text(values, 'nameOverride') || 'meho',
    networkPolicy: {
      enabled,
      ingressControllerNamespace: text(policy, 'ingressControllerNamespace'),
      postgresCIDR: text(policy, 'postgresCIDR'),
      vaultCIDR: text(policy, 'vaultCIDR'),
      keycloakCIDR: text(policy, 'keycloakCIDR'),
      ingestAllowedNamespaces: namespacesIn(policy['ingestAllowedNamespaces'] ?? []),
    },
    broadcast: { enabled: ofItsOwn, service: { port } },
    addresses: { vault: text(table('vault'), 'address'), openid: text(table('keycloak'), 'issuer') },
  };
}

/** Charts in the field also write numbers as text (contract, "Two dialects"). */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}

/** Declared callers are expected to connect (contract, "Two dialects"). */
function namespacesIn(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')) {
    return value;
  }
  throw new Problem({
    expected: 'networkPolicy.ingestAllowedNamespaces to be a list of names of namespaces',
    observed: `it is ${JSON.stringify(value)}`,
    next: 'see `helm get values --all`',
  });
}

const upstreams = [
  { id: 'postgres', title: 'Postgres', port: 5432, cidr: 'postgresCIDR' },
  { id: 'vault', title: 'Vault', port: 8200, cidr: 'vaultCIDR' },
  { id: 'openid', title: 'OpenID provider', port: 443, cidr: 'keycloakCIDR' },
] as const;

function topologyOf(
  values: ReturnType<typeof policyValues>,
  { subject, addresses, forbidden }: MeasurementOptions,
): Topology {
  const { networkPolicy, broadcast, nameOverride } = values;
  const known = upstreams.flatMap(({ id, title, port, cidr }): Upstream[] => {
    const ip = addresses[id] ?? oneAddress(networkPolicy[cidr]) ?? literal(values.addresses[id]);
    return ip === undefined ? [] : [{ id, title, ip, port }];
  });
  return {
    ...subject,
    nameLabel: nameOverride,
    ingressNamespace: networkPolicy.ingressControllerNamespace,
    broadcast: { enabled: broadcast.enabled, port: broadcast.service.port },
    upstreams: known,
    // We serve nothing on their other ports, so silence would prove nothing.
    upstreamsServe: [],
    hosts: forbidden.map(
      ({ host, port, protocol }): Host => ({
        id: `forbidden-${host}`,
        title: `host ${host}`,
        ip: host,
        serves: [{ port, protocol }],
      }),
    ),
  };
}

/** Contract targets without an address, and the flag that names it. */
export function unknownHosts({
  upstreams: known,
  hosts,
}: Pick<Topology, 'upstreams' | 'hosts'>): readonly NotMeasured[] {
  const missing = upstreams
    .filter(({ id }) => !known.some((each) => each.id === id))
    .map(({ id, title, cidr }) => {
      const why = `networkPolicy.${cidr} names more than one host; say which by --${id}=IPV4`;
      return { what: `flows to ${title}`, why };
    });
  const why =
    '--forbidden=IPV4:PORT[/udp],… names such as answer: a decoy in the subnet, another DNS server, the outside';
  return hosts.length > 0 ? missing : [...missing, { what: 'hosts that the release may not call', why }];
}

/** Declared callers without a probe: their access isn't measured. */
export function unprobedNamespaces({ networkPolicy }: PolicyValues): readonly NotMeasured[] {
  const names = networkPolicy.ingestAllowedNamespaces ?? [];
  const why = 'no probe runs there, so only who else is let in was measured';
  return names.length === 0
    ? []
    : [{ what: `flows from networkPolicy.ingestAllowedNamespaces ${names.join(', ')}`, why }];
}

function oneAddress(cidr: string): string | undefined {
  const [ip = '', prefix] = cidr.split('/');
  return prefix === '32' && isIPv4(ip) ? ip : undefined;
}

function literal(url: unknown): string | undefined {
  const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).hostname : '';
  return isIPv4(host) ? host : undefined;
}
