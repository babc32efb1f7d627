import { Problem } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { containerState, startOwned } from '@meho/images/engine/containers/owned';
import { StartedWaitStrategy } from '@meho/images/engine/containers/started-wait-strategy';
import type { ResolvedImage } from '@meho/images/image';
import type { PolicyValues } from '@meho/network-policy/declare';
import { targetArgument } from '@meho/network-policy/probe/ask-probe';
import type { Host, Topology, Upstream } from '@meho/network-policy/topology';
import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

/** Hosts that answer where a release may not call, so that silence proves a denial. */
export interface PolicyLab extends AsyncDisposable {
  readonly upstreams: readonly Upstream[];
  readonly upstreamsServe: readonly number[];
  readonly hosts: readonly Host[];
}

/** Where clouds serve metadata. */
const metadataAddress = '169.254.169.254';
/** An address reserved for documentation. */
const outsideAddress = '203.0.113.10';
const tcp = (...ports: readonly number[]) => ports.map((port) => ({ port, protocol: 'TCP' as const }));
const dnsServes = [...tcp(53), { port: 53, protocol: 'UDP' as const }];
const decoyServes = tcp(443, 5432, 6379, 8000, 8200);
const outsideServes = [...tcp(443, 5432), { port: 53, protocol: 'UDP' as const }];
const deadlineMs = 30_000;

/**
 * Starts a decoy, DNS, stand-ins for external hosts, and listeners on each upstream's other ports. Only the node routes
 * outside addresses to the stand-in; this machine's routes stay unchanged.
 *
 * @throws Problem on an existing cluster
 */
export async function startPolicyLab(environment: Environment, signal: AbortSignal): Promise<PolicyLab> {
  const { cluster, postgres, vault, openId } = environment;
  const { network } = cluster;
  if (network === undefined || cluster.addRoute === undefined) {
    throw new Problem({
      expected: 'a managed cluster, with containers beside it',
      observed: "its nodes aren't ours",
      next: 'run the suite without --kubeconfig, or the verifier against that cluster',
    });
  }
  const upstreams: readonly Upstream[] = [
    { id: 'postgres', title: 'Postgres', ip: postgres.address, port: 5432 },
    { id: 'vault', title: 'Vault', ip: vault.address, port: 8200 },
    { id: 'openid', title: 'OpenID provider', ip: openId.address, port: 443 },
  ];
  const others = [443, 5432, 8200, 9999];
  await using stack = new AsyncDisposableStack();
  const start = async (what: string, serves: Host['serves'], options: Pick<Answering, 'beside' | 'addresses'> = {}) => {
    const answering = { what, serves, network: network.name, ...options };
    return stack.use(await startAnswering(environment, answering, signal));
  };
  const { containers, gateways } = await addressesOn(network.id);
  const beside = (ip: string) => ({ beside: containers.get(ip) });
  const [decoy, dns] = await Promise.all([
    start('the decoy', decoyServes),
    start('the DNS server that is not the cluster’s', dnsServes),
    ...upstreams.map(({ title, ip, port }) =>
      start(`what answers on ${title}'s other ports`, tcp(...others.filter((other) => other !== port)), beside(ip)),
    ),
  ]);
  const taken = new Set([...containers.keys(), ...gateways, decoy.address, dns.address]);
  const neighbours = neighboursOf(upstreams, taken);
  const outsideAddresses = [metadataAddress, outsideAddress, ...neighbours.map(({ ip }) => ip)];
  const everything = [...outsideServes, ...tcp(80, 8200)];
  const outside = await start('the stand-in for what lies outside', everything, { addresses: outsideAddresses });
  await Promise.all(outsideAddresses.map((address) => cluster.addRoute?.(address, outside.address)));
  const resources = stack.move();
  return {
    upstreams,
    upstreamsServe: others,
    hosts: [
      { id: 'decoy', title: "decoy in the upstreams' subnet", ip: decoy.address, serves: decoyServes },
      { id: 'other-server', title: "DNS server that isn't the cluster's", ip: dns.address, serves: dnsServes },
      { id: 'metadata', title: 'cloud metadata', ip: metadataAddress, serves: tcp(80) },
      { id: 'outside', title: 'outside address', ip: outsideAddress, serves: outsideServes },
      ...neighbours,
    ],
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Addresses that differ only in the last bit: in every CIDR wider than one address. */
function neighboursOf(upstreams: readonly Upstream[], taken: ReadonlySet<string>): readonly Host[] {
  return upstreams.flatMap(({ id, title, ip, port }) => {
    const cut = ip.lastIndexOf('.') + 1;
    const neighbour = `${ip.slice(0, cut)}${Number(ip.slice(cut)) ^ 1}`;
    // An existing container there answers by itself.
    return taken.has(neighbour)
      ? []
      : [{ id: `${id}-neighbour`, title: `address next to ${title}`, ip: neighbour, serves: tcp(port) }];
  });
}

interface Answering {
  readonly what: string;
  readonly serves: Host['serves'];
  readonly network: string;
  /** Container whose address it shares; absent if it has its own. */
  readonly beside?: string | undefined;
  readonly addresses?: readonly string[];
}

async function startAnswering(
  { image, request }: Pick<Environment, 'image' | 'request'>,
  { what, serves, network, beside, addresses = [] }: Answering,
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly address: string }> {
  const probe: ResolvedImage = image('probe');
  const container = new GenericContainer(probe.reference)
    .withNetworkMode(beside === undefined ? network : `container:${beside}`)
    // Root is needed for ports below 1024 and extra addresses.
    .withUser('0:0')
    .withCommand([
      'serve',
      ...addresses.flatMap((address) => ['-address', address]),
      ...serves.map(({ port, protocol }) => targetArgument({ host: '', port, protocol }).replace(/\/$/, '')),
    ])
    .withWaitStrategy(new StartedWaitStrategy());
  if (addresses.length > 0) {
    container.withAddedCapabilities('NET_ADMIN');
  }
  const { labels } = request;
  const owned = await startOwned({ what, container, begin: () => container.start(), labels, signal, deadlineMs });
  try {
    await waitFor(
      `${what} to serve`,
      () => Promise.resolve(/^serving$/m.test(owned.log.last(5)) ? holds(undefined) : notYet(owned.log.last(5))),
      { deadlineMs, intervalMs: 50, signal },
    );
    const address = beside === undefined ? (await containerState(what, owned.started.getId(), network)).address : '';
    return { address, [Symbol.asyncDispose]: () => owned.remove() };
  } catch (error) {
    await owned.remove();
    throw error;
  }
}

async function addressesOn(networkId: string) {
  const { container } = await getContainerRuntimeClient();
  const { Containers: found = {}, IPAM: ipam } = await container.dockerode.getNetwork(networkId).inspect();
  const containers = new Map<string, string>();
  for (const [id, { IPv4Address: address }] of Object.entries<{ readonly IPv4Address: string }>(found)) {
    containers.set(address.split('/')[0] ?? '', id);
  }
  const gateways = (ipam?.Config ?? []).flatMap((block) => block.Gateway ?? []);
  return { containers, gateways };
}

export function topologyOf(
  { request, ingress }: Pick<Environment, 'request' | 'ingress'>,
  target: InstallTarget,
  lab: PolicyLab,
  { nameOverride, broadcast }: Pick<PolicyValues, 'nameOverride' | 'broadcast'>,
): Topology {
  return {
    namespace: target.namespace,
    release: request.subject.release,
    nameLabel: nameOverride,
    ingressNamespace: ingress.namespace,
    broadcast: { enabled: broadcast.enabled, port: broadcast.service.port },
    upstreams: lab.upstreams,
    upstreamsServe: lab.upstreamsServe,
    hosts: lab.hosts,
  };
}
