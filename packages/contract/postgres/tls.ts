import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { PostgresEnvironment } from '@meho/core/config/postgres';
import { readNamed } from './named-file.ts';
import type { Parameters, SourcedValue } from './parameters.ts';
import { revocationLists } from './revocation-lists.ts';
import { type TlsVersions, tlsVersions } from './tls-versions.ts';
import { PostgresUriError } from './uri.ts';

const tlsModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type TlsMode = (typeof tlsModes)[number];

export interface PostgresTls {
  readonly verify: 'nothing' | 'chain' | 'chain-and-name';
  /** Authorities in PEM; `system` for the machine's. */
  readonly ca: string | 'system';
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** In PEM; only where something is verified. */
  readonly revoked: readonly string[];
  /** TLS from the first byte, without asking first. */
  readonly direct: boolean;
  /** Whether the host's name is sent in clear text, for what stands before the server (SNI). */
  readonly sendsName: boolean;
  readonly versions: TlsVersions;
}

/**
 * As in libpq and asyncpg: `prefer` by default; `require` verifies only with authorities; `sslrootcert=system` needs
 * `verify-full`.
 *
 * @throws PostgresUriError
 */
export function tlsOf(
  parameters: Parameters,
  env: PostgresEnvironment,
): { readonly mode: TlsMode; readonly tls: PostgresTls } {
  const named = parameters.get('sslrootcert')?.value || undefined;
  const mode = modeOf(parameters, named === 'system' ? 'verify-full' : 'prefer');
  const direct = directOf(parameters);
  if (named === 'system' && mode !== 'verify-full') {
    throw new PostgresUriError(`sslmode=${mode} is too weak for sslrootcert=system: only verify-full goes with it`);
  }
  if (direct && (mode === 'disable' || mode === 'allow' || mode === 'prefer')) {
    throw new PostgresUriError(`sslmode=${mode} is too weak for sslnegotiation=direct: it takes require at least`);
  }
  const ca = mode === 'disable' ? 'system' : authorities(named, mode, env);
  const verify = verificationOf(mode, ca);
  const client =
    mode === 'disable' || parameters.get('sslcertmode')?.value === 'disable' ? {} : clientCertificate(parameters, env);
  const revoked = verify === 'nothing' ? [] : revocationLists(parameters, env);
  // As in libpq: whatever isn't 1 is no.
  const sendsName = (parameters.get('sslsni')?.value ?? '1').startsWith('1');
  const versions = tlsVersions(parameters);
  return { mode, tls: { verify, ca: ca ?? 'system', revoked, direct, sendsName, versions, ...client } };
}

function verificationOf(mode: TlsMode, ca: string | undefined): PostgresTls['verify'] {
  if (mode === 'verify-full') {
    return 'chain-and-name';
  }
  return mode === 'verify-ca' || (mode === 'require' && ca !== undefined) ? 'chain' : 'nothing';
}

function modeOf(parameters: Parameters, byDefault: TlsMode): TlsMode {
  const given = parameters.get('ssl') ?? parameters.get('sslmode');
  if (given === undefined) {
    // PGREQUIRESSL, or a service's; of a URI it has become sslmode.
    return parameters.get('requiressl')?.value.startsWith('1') ? 'require' : byDefault;
  }
  const meant = { true: 'require', false: 'disable' }[given.value] ?? given.value;
  const mode = tlsModes.find((each) => each === meant);
  if (mode === undefined) {
    throw new PostgresUriError(`${given.source} is none of ${tlsModes.join(', ')}`);
  }
  return mode;
}

function directOf(parameters: Parameters): boolean {
  const negotiation = parameters.get('sslnegotiation');
  if (negotiation !== undefined && !['postgres', 'direct'].includes(negotiation.value)) {
    throw new PostgresUriError(`${negotiation.source} is neither postgres nor direct`);
  }
  const direct = parameters.get('direct_tls')?.value.toLowerCase();
  return negotiation?.value === 'direct' || direct === 'true' || direct === '1';
}

function authorities(named: string | undefined, mode: TlsMode, env: PostgresEnvironment): string | undefined {
  if (named === 'system') {
    return 'system';
  }
  const usual = path.join(env.home, '.postgresql', 'root.crt');
  const file = named ?? (existsSync(usual) ? usual : undefined);
  const verifies = mode === 'verify-ca' || mode === 'verify-full';
  if (file === undefined) {
    if (mode === 'verify-ca') {
      throw new PostgresUriError(
        'sslmode=verify-ca needs sslrootcert, a file with the authorities to trust: any public one may vouch for anybody',
      );
    }
    return mode === 'verify-full' ? 'system' : undefined;
  }
  // Under require, libpq ignores a missing file.
  if (!verifies && !existsSync(file)) {
    return undefined;
  }
  return certificatesIn(file, 'sslrootcert');
}

function clientCertificate(parameters: Parameters, env: PostgresEnvironment): Partial<PostgresTls> {
  const usual = (name: string) => {
    const file = path.join(env.home, '.postgresql', name);
    return existsSync(file) ? file : undefined;
  };
  const cert = fileOf(parameters.get('sslcert')) ?? usual('postgresql.crt');
  if (cert === undefined) {
    return {};
  }
  const key = fileOf(parameters.get('sslkey')) ?? usual('postgresql.key');
  if (key === undefined) {
    throw new PostgresUriError('sslcert is given without sslkey, the file with its key');
  }
  const passphrase = parameters.get('sslpassword')?.value || undefined;
  return {
    cert: certificatesIn(cert, 'sslcert'),
    key: readNamed(key, 'sslkey'),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

const fileOf = (given: SourcedValue | undefined) => given?.value || undefined;

function certificatesIn(file: string, what: string): string {
  const text = readNamed(file, what);
  const blocks = text.match(/-----BEGIN (|TRUSTED |X509 )CERTIFICATE-----[\s\S]+?-----END \1CERTIFICATE-----/g);
  try {
    for (const block of blocks ?? []) {
      new X509Certificate(block);
    }
  } catch (error) {
    throw new PostgresUriError(`the file of ${what} holds a certificate that can't be read`, { cause: error });
  }
  if (blocks === null) {
    throw new PostgresUriError(`the file of ${what} holds no certificate in PEM`);
  }
  return text;
}
