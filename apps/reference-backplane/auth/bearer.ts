import { TokenFault } from './token-fault.ts';

/** RFC 6750. @throws TokenFault if the token is missing or malformed */
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
