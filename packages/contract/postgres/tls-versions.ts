import type { SecureVersion } from 'node:tls';
import type { Parameters } from './parameters.ts';
import { PostgresUriError } from './uri.ts';

export interface TlsVersions {
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

const oldestFirst = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly SecureVersion[];
const oldestSpoken = oldestFirst.indexOf('TLSv1.2');

/**
 * Less than TLS 1.2 isn't spoken here, whatever the least that is asked for.
 *
 * @throws PostgresUriError
 */
export function tlsVersions(parameters: Parameters): TlsVersions {
  const min = Math.max(versionOf(parameters, 'ssl_min_protocol_version') ?? oldestSpoken, oldestSpoken);
  const max = versionOf(parameters, 'ssl_max_protocol_version') ?? oldestFirst.length - 1;
  if (max < oldestSpoken) {
    throw new PostgresUriError("ssl_max_protocol_version can't be followed: TLS 1.2 is the least here");
  }
  if (max < min) {
    throw new PostgresUriError('ssl_min_protocol_version is above ssl_max_protocol_version');
  }
  const [minVersion, maxVersion] = [oldestFirst[min], oldestFirst[max]];
  return { ...(minVersion && { minVersion }), ...(maxVersion && { maxVersion }) };
}

function versionOf(parameters: Parameters, name: string): number | undefined {
  const given = parameters.get(name);
  if (given === undefined || given.value === '') {
    return undefined;
  }
  const at = oldestFirst.findIndex((version) => version.toLowerCase() === given.value.toLowerCase());
  if (at < 0) {
    throw new PostgresUriError(`${given.source} is none of ${oldestFirst.join(', ')}`);
  }
  return at;
}
