/** What the provider is told at its start, as `configuration.json` in its folder. Holds secrets. */
export interface Configuration {
  /** e.g. `https://172.18.0.5/realms/meho`: no slash at the end. */
  readonly issuer: string;
  /** The `aud` of access tokens. */
  readonly audience: string;
  /** The public client that operators' tools log in with. */
  readonly clientId: string;
  readonly users: readonly User[];
  /** How long access tokens are valid, in seconds. */
  readonly tokenLifetimeS: number;
  /** Bearer key of the control port. */
  readonly controlKey: string;
}

/** Somebody who can log in. What the token says of them follows the backplane's contract (contract.md, "Traps"). */
export interface User {
  readonly username: string;
  readonly password: string;
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly tenantId: string;
  readonly tenantRole: string;
}

/** The folder that configuration, key and certificate are copied to. */
export const folder = '/run/openid';
/** Copied last: what came before it is complete. */
export const completeMark = 'complete';

export const issuerPort = 443;
export const controlPort = 8081;

/** The claims that tell the backplane who the operator is. */
export function operatorClaims(user: User): Readonly<Record<string, string>> {
  return { name: user.name, email: user.email, tenant_id: user.tenantId, tenant_role: user.tenantRole };
}
