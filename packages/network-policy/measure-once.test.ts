import { Problem } from '@meho/core/problem';
import { expect, test } from 'vitest';
import { policyValues, unknownHosts, unprobedNamespaces } from './measure-once.ts';

const postgres = { id: 'postgres', title: 'Postgres', ip: '10.9.0.3', port: 5432 } as const;
const decoy = { id: 'decoy', title: 'decoy', ip: '10.9.0.9', serves: [] };

test('an upstream whose address nobody named is told, with the flag that names it', () => {
  expect(unknownHosts({ upstreams: [postgres], hosts: [decoy] })).toEqual([
    {
      what: 'flows to Vault',
      why: 'networkPolicy.vaultCIDR names more than one host; say which by --vault=IPV4',
    },
    {
      what: 'flows to OpenID provider',
      why: 'networkPolicy.keycloakCIDR names more than one host; say which by --openid=IPV4',
    },
  ]);
});

test('that no host was named which the release may not call is told as well', () => {
  const { what } = unknownHosts({ upstreams: [], hosts: [] }).at(-1) ?? fail();
  expect(what).toBe('hosts that the release may not call');
});

test('so is who else may call the backplane, from where no probe goes', () => {
  const of = (ingestAllowedNamespaces: readonly string[]) =>
    unprobedNamespaces(policyValues({ networkPolicy: { ingestAllowedNamespaces }, broadcast: {} }));
  expect(of(['team-a'])).toEqual([
    {
      what: 'flows from networkPolicy.ingestAllowedNamespaces team-a',
      why: expect.stringContaining('no probe runs there'),
    },
  ]);
  expect(of([])).toEqual([]);
});

const ranges = { postgresCIDR: '10.9.0.3/32', vaultCIDR: '10.9.0.4/32', keycloakCIDR: '10.9.0.5/32' };

test('what a chart leaves out is as the seed has it by default', () => {
  const found = policyValues({ networkPolicy: ranges, broadcast: {} });
  expect(found).toMatchObject({
    nameOverride: 'meho',
    networkPolicy: { enabled: true, ...ranges },
    broadcast: { enabled: true, service: { port: 6379 } },
  });
});

test('what it says counts', () => {
  const values = { networkPolicy: { enabled: false }, broadcast: { enabled: false, service: { port: 6380 } } };
  expect(policyValues(values)).toMatchObject({
    networkPolicy: { enabled: false },
    broadcast: { enabled: false, service: { port: 6380 } },
  });
});

test('a chart in the field writes numbers as text, and names who else may call the backplane', () => {
  const networkPolicy = { ...ranges, ingestAllowedNamespaces: ['team-a', 'team-b'] };
  expect(policyValues({ networkPolicy, broadcast: { service: { port: '6380' } } })).toMatchObject({
    networkPolicy: { ingestAllowedNamespaces: ['team-a', 'team-b'] },
    broadcast: { service: { port: 6380 } },
  });
  expect(policyValues({ networkPolicy: ranges, broadcast: {} }).networkPolicy.ingestAllowedNamespaces).toEqual([]);
});

test.each([
  ['nothing of a policy', { broadcast: {} }],
  ['nothing of a broadcast', { networkPolicy: ranges }],
  ['a word for a switch', { networkPolicy: { enabled: 'false' }, broadcast: {} }],
  ['a word for the broadcast’s switch', { networkPolicy: ranges, broadcast: { enabled: 'no' } }],
  ['one namespace in the place of a list', { networkPolicy: { ingestAllowedNamespaces: 'a' }, broadcast: {} }],
  ['selectors in the place of names', { networkPolicy: { ingestAllowedNamespaces: [{ name: 'a' }] }, broadcast: {} }],
  ['a word for a port', { networkPolicy: ranges, broadcast: { service: { port: 'redis' } } }],
])('%s is refused: it would be judged by what nobody said', (_, values) => {
  expect(() => policyValues(values)).toThrow(Problem);
});

function fail(): never {
  throw new Error('nothing is unknown');
}
