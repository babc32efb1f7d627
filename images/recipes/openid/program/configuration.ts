/** Read from `configuration.json` at start. Holds secrets. */
export interface Configuration {
  /** e.g. `https://172.18.0.5/realms/meho`: no trailing slash. */
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly users: readonly User[];
  readonly tokenLifetimeS: number;
  readonly controlKey: string;
}

/** Claims follow the backplane's contract (contract.md, "Traps"). */
export interface User {
  readonly username: string;
  readonly password: string;
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly tenantId: string;
  readonly tenantRole: string;
}

export const folder = '/run/openid';
/** Copied last, so that all else is complete. */
export const completeMark = 'complete';

export const issuerPort = 443;
export const controlPort = 8081;

export function operatorClaims(user: User): Readonly<Record<string, string>> {
  return { name: user.name, email: user.email, tenant_id: user.tenantId, tenant_role: user.tenantRole };
}
