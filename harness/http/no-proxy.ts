import { BlockList, isIP } from 'node:net';
import { isLoopback } from './endpoint.ts';

/** Whether NO_PROXY exempts a host: the two dialects, each as its tool reads the list (see proxy-rules.ts). */

/**
 * Go (golang.org/x/net/http/httpproxy): entries between commas; `*` for all; addresses and CIDR ranges; `example.com` for
 * the name and all below it, `.example.com` and `*.example.com` for those below alone; each but a range with `:port` or
 * without. What this machine itself is needs no entry.
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

/** An IPv6 address has colons of its own: with a port it stands in brackets. */
function splitPort(entry: string): { readonly name: string; readonly port?: string } {
  const [, bracketed, behind] = /^\[([^\]]*)\](?::(.*))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) {
    return { name: bracketed, ...(behind === undefined ? {} : { port: behind }) };
  }
  const [, name, port] = /^([^:]*):([^:]*)$/.exec(entry) ?? [];
  return name === undefined || port === undefined ? { name: entry } : { name, ...(port === '' ? {} : { port }) };
}

/**
 * curl: entries between commas or blanks; `*` only where it is the whole list; `example.com` and `.example.com` for the
 * name and all below it; addresses and CIDR ranges for hosts that are addresses. No ports, no other wildcards, and nothing
 * is exempt by itself, this machine neither.
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

/** Whether an address is this one or in this range; what is neither holds none. */
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
