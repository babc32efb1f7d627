import { randomBytes, randomUUID } from 'node:crypto';
import type { User } from '@meho/images/recipes/openid/program/configuration';

/**
 * Covers the contract's role statements (contract.md, "smoke" and "Traps"). `reader` may log in but not use
 * /api/v1/health.
 */
const roles = { operator: 'operator', admin: 'tenant_admin', reader: 'read_only' } as const;

export type Operator = keyof typeof roles;

/** Safe to show in test output. */
export type Identity = Omit<User, 'password'>;

export function identityOf({ password: _, ...identity }: User): Identity {
  return identity;
}

/** With random passwords. Addresses are under example.com: the backplane refuses `.test`. */
export function createUsers(): Readonly<Record<Operator, User>> {
  const tenantId = randomUUID();
  const create = (operator: Operator): User => ({
    username: operator,
    password: randomBytes(18).toString('base64url'),
    sub: randomUUID(),
    name: `Acceptance ${operator} ${randomBytes(3).toString('hex')}`,
    email: `${operator}-${randomBytes(3).toString('hex')}@example.com`,
    tenantId,
    tenantRole: roles[operator],
  });
  return { operator: create('operator'), admin: create('admin'), reader: create('reader') };
}
