import { randomBytes } from 'node:crypto';

/** A namespace's name is a DNS label. */
const longest = 63;

/**
 * The namespace of a site.
 *
 * @param wanted what the user asked for: the first site has exactly that name, all others begin with it
 * @param purpose becomes part of it, e.g. `smoke`
 */
export function siteName(wanted: string | undefined, purpose: string, isFirst: boolean): string {
  if (wanted !== undefined && isFirst) {
    return wanted;
  }
  const rest = `-${purpose}-${randomBytes(3).toString('hex')}`;
  return `${(wanted ?? 'meho').slice(0, longest - rest.length).replace(/-+$/, '')}${rest}`;
}
