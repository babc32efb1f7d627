import { isIPv4 } from 'node:net';
import { policyEngineOf, serverVersion } from '../cluster/description.ts';
import { type Subject, selectorOf } from '../contract/subject.ts';
import { releaseValues, type Values } from '../helm/values.ts';
import type { KubeApi } from '../kube/api.ts';
import { Problem } from '../problem.ts';
import { declare, type PolicyValues } from './declare.ts';
import { once, type PolicyLook } from './look.ts';
import type { NotMeasured } from './matrix.ts';
import { observeMatrix } from './observe-matrix.ts';
import type { Question } from './probe/ask.ts';
import { placeProbes } from './probe/place.ts';
import { dialectOf } from './read-world.ts';
import type { Host, Scene, Upstream } from './scene.ts';

/** How a release of others is looked at. */
export interface LookOptions {
  readonly subject: Subject;
  readonly probeImage: string;
  /** Addresses of upstreams whose CIDR doesn't name one host. */
  readonly addresses: Readonly<Partial<Record<Upstream['id'], string>>>;
  /** What answers and the release may not call. */
  readonly forbidden: readonly Question[];
  readonly withGuests: boolean;
  readonly liftPolicies: boolean;
}

const labels = { 'app.kubernetes.io/managed-by': 'meho-acceptance', 'meho.io/purpose': 'network-policy' };

/** A look that is taken once: the probes are placed, everything is measured, and the probes are gone again. */
export function takeLook(api: KubeApi, options: LookOptions): PolicyLook {
  const { subject, withGuests, liftPolicies, probeImage } = options;
  const reading = once(async (signal) =>
    policyValues(await releaseValues(api, subject.namespace, subject.release, { signal })),
  );
  const placing = once(async (signal) => {
    const scene = sceneOf(await reading(signal), options);
    return placeProbes(api, scene, { image: probeImage, labels, guestsAmongOthers: withGuests, signal });
  });
  const measuring = once(async (signal) => {
    await using placed = await placing(signal);
    const values = await reading(signal);
    const { namespace } = subject;
    const engine = await policyEngineOf(api, await serverVersion(api));
    const matrix = await observeMatrix(api, placed, {
      declare: declare(values, subject),
      dialect: dialectOf(engine),
      controls: liftPolicies ? { namespace, labels: selectorOf(subject) } : 'witness',
      signal,
    });
    const skipped = [...matrix.skipped, ...unknownIn(placed.scene), ...unvisitedIn(values)];
    return { matrix: { ...matrix, skipped }, changes: await placed.changes() };
  });
  return {
    enforced: async (signal) => {
      // Whoever looks at nothing else has the probes taken away all the same.
      measuring(signal).catch(() => undefined);
      return (await placing(signal)).enforced;
    },
    matrix: async (signal) => (await measuring(signal)).matrix,
    changes: async (signal) => (await measuring(signal)).changes,
  };
}

/**
 * What decides who may talk to whom, of all values. What a chart doesn't have at all is as the seed's table of values has
 * it by default ("Full values reference"): the policy and the broadcast are there, which on 6379.
 *
 * @throws Problem where there is nothing of a policy, or a value is of another type
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

/** Charts in the field write numbers as text, too (contract, "Two dialects"). */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}

/** What else may call the backplane, where a chart has it (contract, "Two dialects"): what it declares is expected. */
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

function sceneOf(values: ReturnType<typeof policyValues>, { subject, addresses, forbidden }: LookOptions): Scene {
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
    // Nothing of ours answers on their other ports: silence there would prove nothing.
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

/** Whom the contract speaks of and whose address nobody named, with the flag that names it. */
export function unknownIn({ upstreams: known, hosts }: Pick<Scene, 'upstreams' | 'hosts'>): readonly NotMeasured[] {
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

/** Namespaces that may call the backplane and in which no probe stands: what is declared open there is not seen to be. */
export function unvisitedIn({ networkPolicy }: PolicyValues): readonly NotMeasured[] {
  const names = networkPolicy.ingestAllowedNamespaces ?? [];
  const why = 'no probe of ours stands there, so that only who else is let in was looked at';
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
