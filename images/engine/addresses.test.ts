import { expect, test } from 'vitest';
import { chooseAddresses, parseRoutes } from './addresses.ts';

const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
const line = (name: string, destination: string, mask: string) =>
  `${name}\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0\n`;

test('routes are read in the byte order of the machine', () => {
  expect(parseRoutes(`${header}${line('eth0', '000200C0', '00FFFFFF')}`)).toEqual([
    { interface: 'eth0', network: 0xc0000200, mask: 0xffffff00, mtu: 0 },
  ]);
});

test('the default route takes no range', () => {
  const routes = parseRoutes(`${header}${line('eth0', '00000000', '00000000')}`);
  expect(chooseAddresses(routes)).toEqual({ bridge: '10.213.0.1/24', pool: 'base=10.213.128.0/17,size=24' });
});

test.each([
  ['a network inside the range', '0005D50A', '00FFFFFF'],
  ['the range itself', '0000D50A', '0000FFFF'],
])('%s moves ours on', (_, destination, mask) => {
  const routes = parseRoutes(`${header}${line('eth1', destination, mask)}`);
  expect(chooseAddresses(routes)?.bridge).toBe('10.214.0.1/24');
});

test('a bridge that an engine left behind does not count', () => {
  const routes = parseRoutes(`${header}${line('docker0', '0000D50A', '00FFFFFF')}`);
  expect(chooseAddresses(routes)?.bridge).toBe('10.213.0.1/24');
});

test('where all of 10/8 is taken there is no range to choose', () => {
  expect(chooseAddresses(parseRoutes(`${header}${line('tun0', '0000000A', '000000FF')}`))).toBeUndefined();
});
