import { randomBytes } from 'node:crypto';

/** Limit for a DNS label. */
const longest = 63;

/**
 * The user's name is exact for the first site, a prefix for others.
 *
 * @param purpose becomes part of it, e.g. `smoke`
 */
export function installNamespaceName(wanted: string | undefined, purpose: string, isFirst: boolean): string {
  if (wanted !== undefined && isFirst) {
    return wanted;
  }
  const rest = `-${purpose}-${randomBytes(3).toString('hex')}`;
  return `${(wanted ?? 'meho').slice(0, longest - rest.length).replace(/-+$/, '')}${rest}`;
}
