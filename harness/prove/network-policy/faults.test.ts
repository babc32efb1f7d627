import { expect, test } from 'vitest';
import { inRange } from '../../policy/cidr.ts';
import { smallestAround } from './faults.ts';

test.each([
  ['172.18.0.4', '172.18.0.7', '172.18.0.4/30'],
  ['10.213.139.4', '10.213.139.8', '10.213.139.0/28'],
  ['10.0.0.1', '192.168.0.1', '0.0.0.0/0'],
  ['10.0.0.127', '10.0.0.128', '10.0.0.0/24'],
])('%s and %s are in %s and in nothing narrower', (a, b, cidr) => {
  expect(smallestAround(a, b)).toBe(cidr);
  expect(inRange(cidr, a) && inRange(cidr, b)).toBe(true);
});
