import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Authority, createAuthority } from '../../../contract/testing/stub-backplane.ts';
import type { KeyPair } from '../../../http/testing/local-server.ts';
import { type ProxyServerForTests, serveProxy, serveSocks } from '../../../http/testing/proxy-server.ts';
import { createSelfSigned } from '../../../http/testing/self-signed.ts';
import { type RecordingServer, recordRequests } from './recording-server.ts';

/** What the kubeconfigs of the differential test speak of: servers, certificates, tokens. */
export interface World {
  readonly https: RecordingServer;
  readonly http: RecordingServer;
  /** Leads to the server over TLS, whatever name it is asked for. */
  readonly proxy: ProxyServerForTests;
  readonly socks: ProxyServerForTests;
  readonly server: string;
  readonly plain: string;
  readonly authority: Authority;
  /** The server's own. */
  readonly certificatePem: string;
  readonly client: KeyPair;
  readonly stranger: KeyPair;
  /** Of an OpenID provider, good for an hour. */
  readonly idToken: string;
  readonly oldIdToken: string;
}

export async function startWorld(stack: AsyncDisposableStack): Promise<World> {
  const authority = await createAuthority();
  const shown = await authority.issue({ dnsNames: ['localhost', 'kube.example.com'], ipAddresses: ['127.0.0.1'] });
  const https = stack.use(await recordRequests(shown));
  const http = stack.use(await recordRequests(undefined));
  const proxy = stack.use(await serveProxy({ to: https.port }));
  const socks = stack.use(await serveSocks({ to: https.port }));
  const [client, stranger] = await Promise.all([createSelfSigned('alice'), createSelfSigned('mallory')]);
  const now = Math.floor(Date.now() / 1000);
  return {
    https,
    http,
    proxy,
    socks,
    server: `https://127.0.0.1:${https.port}`,
    plain: `http://127.0.0.1:${http.port}`,
    authority,
    certificatePem: shown.certificatePem,
    client,
    stranger,
    idToken: jwt(now + 3600),
    oldIdToken: jwt(now - 3600),
  };
}

function jwt(exp: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ iss: 'https://issuer.invalid', exp })}.c2lnbmF0dXJl`;
}

/** Writes a case's files into a folder; those that begin with `#!` can be run. */
export async function writeCase(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    if (typeof content === 'string' && content.startsWith('#!')) {
      await chmod(file, 0o755);
    }
  }
}
