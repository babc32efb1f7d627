import { BlockList, isIP } from 'node:net';
import { isLoopback } from './endpoint.ts';

/** NO_PROXY in both dialects (see proxy-rules.ts). */

/**
 * Go (golang.org/x/net/http/httpproxy): commas; `*` for all; addresses, CIDR ranges; `example.com` with its subdomains,
 * `.example.com` and `*.example.com` for those alone; `:port` on all but ranges. This machine is always exempt.
 */
export function isExemptInGo(host: string, port: number, list: string): boolean {
  if (isLoopback(host)) {
    return true;
  }
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || matchesGo(entry, host.toLowerCase(), port));
}

function matchesGo(entry: string, host: string, port: number): boolean {
  if (entry.includes('/')) {
    return isIP(host) !== 0 && inRange(host, entry);
  }
  const { name, port: wanted } = splitPort(entry);
  if (name === '' || (wanted !== undefined && wanted !== String(port))) {
    return false;
  }
  if (isIP(name) !== 0) {
    return isIP(host) !== 0 && inRange(host, name);
  }
  const pattern = name.startsWith('*.') ? name.slice(1) : name;
  return pattern.startsWith('.') ? host.endsWith(pattern) : host === pattern || host.endsWith(`.${pattern}`);
}

/** An IPv6 address with a port has brackets. */
function splitPort(entry: string): { readonly name: string; readonly port?: string } {
  const [, bracketed, behind] = /^\[([^\]]*)\](?::(.*))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) {
    return { name: bracketed, ...(behind === undefined ? {} : { port: behind }) };
  }
  const [, name, port] = /^([^:]*):([^:]*)$/.exec(entry) ?? [];
  return name === undefined || port === undefined ? { name: entry } : { name, ...(port === '' ? {} : { port }) };
}

/**
 * curl: commas or blanks; `*` only alone; `example.com` and `.example.com` with subdomains; addresses and CIDR ranges
 * for address hosts. No ports or other wildcards; this machine isn't exempt.
 */
export function isExemptInCurl(host: string, list: string): boolean {
  if (list === '*') {
    return true;
  }
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
  if (isIP(host) !== 0) {
    return entries.some((entry) => inRange(host, entry));
  }
  const name = host.toLowerCase().replace(/\.$/, '');
  return entries.some((entry) => {
    const pattern = entry.toLowerCase().replace(/\.$/, '').replace(/^\./, '');
    return pattern !== '' && (name === pattern || name.endsWith(`.${pattern}`));
  });
}

/** Also matches an equal address; false for anything invalid. */
function inRange(address: string, range: string): boolean {
  const list = new BlockList();
  const [, net = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  const family = isIP(net);
  const longest = family === 4 ? 32 : 128;
  if (family === 0 || Number(bits ?? 0) > longest) {
    return false;
  }
  list.addSubnet(net, Number(bits ?? longest), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
