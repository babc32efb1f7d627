import { randomBytes, randomUUID } from 'node:crypto';
import type { User } from '../images/openid/program/configuration.ts';

/**
 * Who can log in: one for each thing that the contract says of roles (contract.md, "smoke" and "Traps"). `reader` may
 * log in, but has no permission for /api/v1/health.
 */
const roles = { operator: 'operator', admin: 'tenant_admin', reader: 'read_only' } as const;

export type Operator = keyof typeof roles;

/** Who an operator is, without what they log in with: this may show up in a failed test's output. */
export type Identity = Omit<User, 'password'>;

export function identityOf({ password: _, ...identity }: User): Identity {
  return identity;
}

/** Fresh people with random passwords. Mail addresses are under example.com: the backplane refuses `.test`. */
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
