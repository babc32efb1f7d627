/**
 * Plain arithmetic, so that the contract's side shares no code with the evaluator. The chart's schema admits only IPv4;
 * IPv6 never matches.
 *
 * @param cidr e.g. `10.9.0.0/24`
 */
export function inRange(cidr: string, ip: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const [from, address] = [numberOf(network), numberOf(ip)];
  if (from === undefined || address === undefined || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) {
    return false;
  }
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(from / size) === Math.floor(address / size);
}

function numberOf(ip: string): number | undefined {
  const octets = ip.split('.');
  const sound = octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256);
  return sound ? octets.reduce((sum, octet) => sum * 256 + Number(octet), 0) : undefined;
}
