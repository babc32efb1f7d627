import { Secret } from '../token/secret.ts';

const hourS = 3600;

/** `undefined` removes a claim. */
export function aToken(change: Readonly<Record<string, unknown>> = {}, header: object = { alg: 'RS256' }): Secret {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://sso.example.com/realms/meho',
    aud: 'meho-backplane',
    sub: '7d0c2f7e-3b1a-4f60-9a34-5f6f0f3b8c11',
    iat: nowS,
    exp: nowS + hourS,
    tenant_id: '0b5f7a86-6f0e-4a2f-9d53-7f6a1f9a2c01',
    tenant_role: 'operator',
    ...change,
  };
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return new Secret(`${encoded(header)}.${encoded(claims)}.c2lnbmF0dXJl`);
}
