import { describe, expect, test } from 'vitest';
import { operatorOf } from './operator.ts';

const CLAIMS = {
  sub: 'f3b0',
  name: 'Op Erator',
  email: 'op@example.com',
  tenant_id: '0B8F7D0E-0000-4000-8000-000000000001',
  tenant_role: 'operator',
};

describe('the claims of a verified token', () => {
  test('say who the operator is', () => {
    expect(operatorOf(CLAIMS)).toEqual({
      sub: 'f3b0',
      name: 'Op Erator',
      email: 'op@example.com',
      tenantId: '0b8f7d0e-0000-4000-8000-000000000001',
      tenantRole: 'operator',
    });
  });

  test('may leave out name and address', () => {
    const { name: _name, email: _email, ...rest } = CLAIMS;
    expect(operatorOf(rest)).toMatchObject({ name: null, email: null });
  });

  test.each([
    [{ sub: undefined }, 'missing_subject'],
    [{ sub: 7 }, 'missing_subject'],
    [{ tenant_id: undefined }, 'missing_tenant_claim'],
    [{ tenant_id: '' }, 'missing_tenant_claim'],
    [{ tenant_id: 'acme' }, 'malformed_tenant_claim'],
    [{ tenant_id: ['0b8f7d0e-0000-4000-8000-000000000001'] }, 'malformed_tenant_claim'],
    [{ tenant_role: undefined }, 'missing_tenant_role_claim'],
    [{ tenant_role: 'root' }, 'unknown_tenant_role'],
    [{ tenant_role: 'OPERATOR' }, 'unknown_tenant_role'],
    [{ email: 'op@meho.test' }, 'malformed_email_claim'],
    [{ email: 'op@lab.invalid' }, 'malformed_email_claim'],
    [{ email: 'op' }, 'malformed_email_claim'],
  ])('with %j are refused as %s', (change, reason) => {
    expect(() => operatorOf({ ...CLAIMS, ...change })).toThrow(reason);
  });
});
