import { BlockList, isIP, isIPv4 } from 'node:net';

/** Whether this peer may set forwarding headers. */
export type TrustedProxies = (address: string) => boolean;

/**
 * As in uvicorn: comma-separated addresses and CIDRs, or `*` (seed: "trusted-proxy CIDR is operator-configurable via
 * config.forwardedAllowIps").
 * @throws Error listing every invalid entry
 */
export function parseTrustedProxies(value: string): TrustedProxies {
  const entries = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.includes('*')) {
    return () => true;
  }
  const list = new BlockList();
  const bad = entries.filter((entry) => !add(list, entry));
  if (bad.length > 0) {
    throw new Error(`expected IP addresses, CIDRs or *, but got ${bad.map((entry) => `"${entry}"`).join(', ')}`);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function add(list: BlockList, entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) {
    return false;
  }
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) {
    list.addAddress(address, type);
    return true;
  }
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= (family === 4 ? 32 : 128))) {
    return false;
  }
  list.addSubnet(address, bits, type);
  return true;
}
