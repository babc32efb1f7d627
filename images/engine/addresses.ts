import { readFile } from 'node:fs/promises';

export interface Addresses {
  /** The default bridge, for `--bip`. */
  readonly bridge: string;
  /** For `--default-address-pool`. */
  readonly pool: string;
}

export interface Route {
  readonly interface: string;
  readonly network: number;
  readonly mask: number;
  readonly mtu: number;
}

/** Avoids k3s' pods and services (10.42, 10.43) and Docker's default pools (172.17 to 172.31). */
const secondOctets = [213, 214, 215, 216, 217, 218, 219, 220];

/** Ignores engines' bridges, which are recreated. */
export function chooseAddresses(routes: readonly Route[]): Addresses | undefined {
  const outside = routes.filter((route) => route.mask !== 0 && !/^(docker\d+|br-[0-9a-f]{12})$/.test(route.interface));
  const free = secondOctets.find((octet) => {
    const network = ((10 << 24) | (octet << 16)) >>> 0;
    return !outside.some((route) => overlaps(network, 0xffff0000, route));
  });
  return free === undefined ? undefined : { bridge: `10.${free}.0.1/24`, pool: `base=10.${free}.128.0/17,size=24` };
}

function overlaps(network: number, mask: number, route: Route): boolean {
  const common = (mask & route.mask) >>> 0;
  return (network & common) >>> 0 === (route.network & common) >>> 0;
}

/** Reads `/proc/net/route`, whose numbers are hexadecimal in host byte order. */
export function parseRoutes(table: string): readonly Route[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([name, destination, , , , , , mask, mtu]) =>
      name === undefined || destination === undefined || mask === undefined
        ? []
        : [{ interface: name, network: fromHost(destination), mask: fromHost(mask), mtu: Number(mtu) }],
    );
}

export async function hostRoutes(): Promise<readonly Route[]> {
  return parseRoutes(await readFile('/proc/net/route', 'utf8'));
}

/** Keeps containers from sending packets too large for the route out. Undefined without a route. */
export async function outgoingMtu(routes: readonly Route[]): Promise<number | undefined> {
  const way = routes.find((route) => route.mask === 0);
  return way === undefined ? undefined : Number(await readFile(`/sys/class/net/${way.interface}/mtu`, 'utf8'));
}

function fromHost(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE();
}
