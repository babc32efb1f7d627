import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Listens on loopback; image N trusts it. */
export interface Issuer extends AsyncDisposable {
  readonly url: string;
  token(role: 'operator' | 'read_only'): Promise<string>;
}

export const audience = 'meho-backplane';

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = randomUUID();
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  let url = '';
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? keys : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const tenantId = randomUUID();
  return {
    url,
    token: (role) =>
      new SignJWT({ tenant_id: tenantId, tenant_role: role })
        .setProtectedHeader({ alg: 'RS256', kid })
        .setSubject(`corpus-${role}`)
        .setIssuer(url)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
