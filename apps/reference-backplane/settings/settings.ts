import { accessSync, constants } from 'node:fs';
import { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';
import { parseTrustedProxies, type TrustedProxies } from './trusted-proxies.ts';

/** What `/ready` checks (contract.md, "The backplane's surface"). */
export const PROBE_NAMES = ['database', 'migration', 'vault', 'keycloak', 'broadcast'] as const;
export type ProbeName = (typeof PROBE_NAMES)[number];

export interface OpenIdSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksCacheTtlMs: number;
  readonly leewaySeconds: number;
}

export interface VaultSettings {
  readonly address: string;
  readonly role: string;
  readonly mountPath: string;
  readonly timeoutMs: number;
}

export interface DatabaseSettings extends DatabaseAddress {
  readonly poolSize: number;
  readonly poolTimeoutMs: number;
}

export interface Settings {
  readonly port: number;
  readonly database: DatabaseSettings;
  /** Undefined if KEYCLOAK_ISSUER_URL is blank: the probe and every token fail. */
  readonly openId: OpenIdSettings | undefined;
  /** Undefined if VAULT_ADDR is blank: the probe and federation fail. */
  readonly vault: VaultSettings | undefined;
  readonly broadcastUrl: string;
  readonly version: { readonly gitSha: string; readonly buildDate: string; readonly chartVersion: string | null };
  readonly trustedProxies: TrustedProxies;
  readonly readinessProbes: readonly ProbeName[];
  /** CA file from SSL_CERT_FILE. */
  readonly trustBundle: string | undefined;
  /** How long to keep serving after SIGTERM, so that proxies notice first. */
  readonly drainMs: number;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const HTTP = ['https:', 'http:'];

/** Names are those of contract.md and the seed. */
export function readSettings(environment: Environment): SettingsResult {
  const reader = new EnvironmentReader(environment);
  const database = readDatabase(reader);
  const openId = readOpenId(reader);
  const vault = readVault(reader);
  readPublicUrls(reader);
  const trustedProxies = reader.parsed(
    'FORWARDED_ALLOW_IPS',
    reader.text('FORWARDED_ALLOW_IPS', '127.0.0.1'),
    parseTrustedProxies,
  );
  const settings = {
    port: reader.integer('PORT', 8000, 0),
    openId,
    vault,
    // The seed's default; a misspelt variable leaves the probe dialling localhost.
    broadcastUrl: reader.url('BROADCAST_REDIS_URL', ['redis:', 'rediss:']) ?? 'redis://localhost:6379',
    version: {
      gitSha: reader.text('GIT_SHA', 'unknown'),
      buildDate: reader.text('BUILD_DATE', 'unknown'),
      chartVersion: reader.optional('CHART_VERSION') ?? null,
    },
    readinessProbes: reader.parsed('READINESS_PROBES', reader.text('READINESS_PROBES', ''), parseProbes) ?? [],
    trustBundle: readBundle(reader),
    drainMs: reader.seconds('SHUTDOWN_DRAIN_SECONDS', 5),
  };
  if (reader.problems.length > 0 || database === undefined || trustedProxies === undefined) {
    return { ok: false, problems: reader.problems };
  }
  return { ok: true, settings: { ...settings, database, trustedProxies } };
}

export function readDatabase(reader: EnvironmentReader): DatabaseSettings | undefined {
  const value = reader.required('DATABASE_URL', 'mount the Secret named by postgres.credentialsSecret, key url');
  const poolSize = reader.integer('DATABASE_POOL_SIZE', 10, 1);
  const poolTimeoutMs = reader.seconds('DATABASE_POOL_TIMEOUT', 30);
  if (value === '') {
    return undefined;
  }
  const address = reader.parsed('DATABASE_URL', value, parseDatabaseUrl);
  return address === undefined ? undefined : { ...address, poolSize, poolTimeoutMs };
}

function readOpenId(reader: EnvironmentReader): OpenIdSettings | undefined {
  const issuer = reader.url('KEYCLOAK_ISSUER_URL', HTTP);
  const jwksCacheTtlMs = reader.seconds('KEYCLOAK_JWKS_CACHE_TTL_SECONDS', 300);
  const leewaySeconds = reader.integer('KEYCLOAK_JWT_LEEWAY_SECONDS', 30, 0);
  if (issuer === undefined) {
    return undefined;
  }
  const audience = reader.required('KEYCLOAK_AUDIENCE', 'set config.keycloakAudience');
  return { issuer, audience, jwksCacheTtlMs, leewaySeconds };
}

function readVault(reader: EnvironmentReader): VaultSettings | undefined {
  const address = reader.url('VAULT_ADDR', HTTP);
  const role = reader.text('VAULT_OIDC_ROLE', 'meho-mcp');
  const mountPath = reader.text('VAULT_OIDC_MOUNT_PATH', 'jwt').replace(/^\/+|\/+$/g, '');
  const timeoutMs = reader.seconds('VAULT_TIMEOUT_SECONDS', 10);
  return address === undefined ? undefined : { address, role, mountPath, timeoutMs };
}

/** Unused, but an install without them must fail loudly (seed, config.backplaneUrl). */
function readPublicUrls(reader: EnvironmentReader): void {
  const remedy = 'set ingress.host, from which the chart derives it, or';
  reader.required('BACKPLANE_URL', `${remedy} config.backplaneUrl`);
  reader.required('MCP_RESOURCE_URI', `${remedy} config.mcpResourceUri`);
  reader.url('BACKPLANE_URL', HTTP);
  reader.url('MCP_RESOURCE_URI', HTTP);
}

function parseProbes(value: string): readonly ProbeName[] {
  const names = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !PROBE_NAMES.some((known) => known === name));
  if (unknown.length > 0) {
    throw new Error(`unknown probe ${unknown.join(', ')}; known are ${PROBE_NAMES.join(', ')}`);
  }
  return names.length === 0 ? PROBE_NAMES : PROBE_NAMES.filter((name) => names.includes(name));
}

function readBundle(reader: EnvironmentReader): string | undefined {
  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) {
    const file = reader.optional(name);
    if (file !== undefined && !isReadable(file)) {
      reader.problems.push(`${name} names ${file}, which can't be read; mount the trust bundle there`);
    }
  }
  return reader.optional('SSL_CERT_FILE');
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
