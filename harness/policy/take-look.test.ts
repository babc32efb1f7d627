import { expect, test } from 'vitest';
import { unknownIn } from './take-look.ts';

const postgres = { id: 'postgres', title: 'Postgres', ip: '10.9.0.3', port: 5432 } as const;
const decoy = { id: 'decoy', title: 'decoy', ip: '10.9.0.9', serves: [] };

test('an upstream whose address nobody named is told, with the flag that names it', () => {
  expect(unknownIn({ upstreams: [postgres], hosts: [decoy] })).toEqual([
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
  const { what } = unknownIn({ upstreams: [], hosts: [] }).at(-1) ?? fail();
  expect(what).toBe('hosts that the release may not call');
});

function fail(): never {
  throw new Error('nothing is unknown');
}
