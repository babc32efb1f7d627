import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';
import { startOwned, whereabouts } from '../containers/owned.ts';
import { StartedIsEnough } from '../containers/waiting.ts';
import type { ResolvedImage } from '../images/image.ts';
import type { PolicyValues } from '../policy/declare.ts';
import { argumentOf } from '../policy/probe/ask.ts';
import type { Host, Scene, Upstream } from '../policy/scene.ts';
import { Problem } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** Hosts beside the cluster that answer where a release may not call, so that a silence there is a denial. */
export interface PolicyLab extends AsyncDisposable {
  readonly upstreams: readonly Upstream[];
  readonly upstreamsServe: readonly number[];
  readonly hosts: readonly Host[];
}

/** Where clouds have their metadata service. */
const metadataAddress = '169.254.169.254';
/** Of the blocks kept for documentation: nobody's address. */
const outsideAddress = '203.0.113.10';
const tcp = (...ports: readonly number[]) => ports.map((port) => ({ port, protocol: 'TCP' as const }));
const dnsServes = [...tcp(53), { port: 53, protocol: 'UDP' as const }];
const decoyServes = tcp(443, 5432, 6379, 8000, 8200);
const outsideServes = [...tcp(443, 5432), { port: 53, protocol: 'UDP' as const }];
const deadlineMs = 30_000;

/**
 * Starts a decoy, a DNS server and stand-ins for what lies outside; and beside each upstream, at its own address, what
 * answers on its other ports. The node leads the outside addresses to their stand-in: this machine's own way there stays
 * what it is.
 *
 * @throws Problem on a cluster whose nodes aren't ours
 */
export async function startPolicyLab(environment: Environment, signal: AbortSignal): Promise<PolicyLab> {
  const { cluster, postgres, vault, openId } = environment;
  const { network } = cluster;
  if (network === undefined || cluster.addRoute === undefined) {
    throw new Problem({
      expected: 'a cluster of ours, with containers beside it',
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

/** Addresses that differ from an upstream's in their last bit alone: in every CIDR that is wider than the address. */
function neighboursOf(upstreams: readonly Upstream[], taken: ReadonlySet<string>): readonly Host[] {
  return upstreams.flatMap(({ id, title, ip, port }) => {
    const cut = ip.lastIndexOf('.') + 1;
    const neighbour = `${ip.slice(0, cut)}${Number(ip.slice(cut)) ^ 1}`;
    // A container that is there answers on these ports by itself, if it is another upstream.
    return taken.has(neighbour)
      ? []
      : [{ id: `${id}-neighbour`, title: `address next to ${title}`, ip: neighbour, serves: tcp(port) }];
  });
}

interface Answering {
  readonly what: string;
  readonly serves: Host['serves'];
  readonly network: string;
  /** Id of a container at whose address it answers; an address of its own where absent. */
  readonly beside?: string | undefined;
  /** Further addresses that it takes in. */
  readonly addresses?: readonly string[];
}

/** A container with the probe, which answers. */
async function startAnswering(
  { image, request }: Pick<Environment, 'image' | 'request'>,
  { what, serves, network, beside, addresses = [] }: Answering,
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly address: string }> {
  const probe: ResolvedImage = image('probe');
  const container = new GenericContainer(probe.reference)
    .withNetworkMode(beside === undefined ? network : `container:${beside}`)
    // Ports below 1024, and addresses of its own, in its own network namespace.
    .withUser('0:0')
    .withCommand([
      'serve',
      ...addresses.flatMap((address) => ['-address', address]),
      ...serves.map(({ port, protocol }) => argumentOf({ host: '', port, protocol }).replace(/\/$/, '')),
    ])
    .withWaitStrategy(new StartedIsEnough());
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
    const address = beside === undefined ? (await whereabouts(what, owned.started.getId(), network)).address : '';
    return { address, [Symbol.asyncDispose]: () => owned.remove() };
  } catch (error) {
    await owned.remove();
    throw error;
  }
}

/** Who has which address on a network. */
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

/** What may be asked of a release on a site, with these hosts beside the cluster. */
export function sceneOf(
  { request, ingress }: Pick<Environment, 'request' | 'ingress'>,
  site: Site,
  lab: PolicyLab,
  { nameOverride, broadcast }: Pick<PolicyValues, 'nameOverride' | 'broadcast'>,
): Scene {
  return {
    namespace: site.namespace,
    release: request.subject.release,
    nameLabel: nameOverride,
    ingressNamespace: ingress.namespace,
    broadcast: { enabled: broadcast.enabled, port: broadcast.service.port },
    upstreams: lab.upstreams,
    upstreamsServe: lab.upstreamsServe,
    hosts: lab.hosts,
  };
}
