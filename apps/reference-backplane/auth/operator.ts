import { isUuid } from '../database/audit-log.ts';
import { TokenFault } from './token-fault.ts';

export const TENANT_ROLES = ['read_only', 'operator', 'tenant_admin'] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

export interface Operator {
  readonly sub: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly tenantId: string;
  readonly tenantRole: TenantRole;
}

const SPECIAL_USE_DOMAIN = /(^|\.)(arpa|invalid|local|localhost|onion|test)$/i;

/**
 * Signature, issuer, audience and times are already checked.
 * @throws TokenFault for the first claim missing or malformed
 */
export function operatorOf(claims: Readonly<Record<string, unknown>>): Operator {
  const sub = claims['sub'];
  if (typeof sub !== 'string' || sub === '') {
    throw new TokenFault('missing_subject');
  }
  return {
    sub,
    name: textOrNull(claims['name']),
    email: emailOf(claims['email']),
    tenantId: tenantIdOf(claims['tenant_id']),
    tenantRole: tenantRoleOf(claims['tenant_role']),
  };
}

function tenantIdOf(claim: unknown): string {
  if (isAbsent(claim)) {
    throw new TokenFault('missing_tenant_claim');
  }
  if (typeof claim !== 'string' || !isUuid(claim)) {
    throw new TokenFault('malformed_tenant_claim');
  }
  return claim.toLowerCase();
}

function tenantRoleOf(claim: unknown): TenantRole {
  if (isAbsent(claim)) {
    throw new TokenFault('missing_tenant_role_claim');
  }
  const role = TENANT_ROLES.find((known) => known === claim);
  if (role === undefined) {
    throw new TokenFault('unknown_tenant_role');
  }
  return role;
}

function emailOf(claim: unknown): string | null {
  if (isAbsent(claim)) {
    return null;
  }
  const domain = typeof claim === 'string' ? /^[^\s@]+@([^\s@]+\.[^\s@.]+)$/.exec(claim)?.[1] : undefined;
  if (domain === undefined || SPECIAL_USE_DOMAIN.test(domain)) {
    throw new TokenFault('malformed_email_claim');
  }
  return String(claim);
}

function textOrNull(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}

function isAbsent(claim: unknown): boolean {
  return claim === undefined || claim === null || claim === '';
}
