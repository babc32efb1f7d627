import { TokenFault } from './token-fault.ts';

/**
 * The token of an Authorization header (RFC 6750).
 *
 * @throws TokenFault when there is none, or when it can't be one
 */
export function bearerToken(header: string | undefined): string {
  const [scheme = '', token, ...rest] = (header ?? '').trim().split(/ +/);
  if (scheme.toLowerCase() !== 'bearer' || token === undefined) {
    throw new TokenFault('missing_token');
  }
  if (rest.length > 0 || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) {
    throw new TokenFault('malformed_token');
  }
  return token;
}
