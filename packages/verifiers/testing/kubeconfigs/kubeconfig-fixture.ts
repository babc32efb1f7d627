import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Authority, createAuthority } from '@meho/contract/testing/stub-backplane';
import type { KeyPair } from '@meho/core/http/testing/local-server';
import { type ProxyServerForTests, serveProxy, serveSocks } from '@meho/core/http/testing/proxy-server';
import { createSelfSigned } from '@meho/core/http/testing/self-signed';
import { type RecordingServer, recordRequests } from './recording-server.ts';

export interface KubeconfigFixture {
  readonly https: RecordingServer;
  readonly http: RecordingServer;
  /** Leads to the server whatever the name. */
  readonly proxy: ProxyServerForTests;
  readonly socks: ProxyServerForTests;
  /** Their certificates are for kube.example.com only in ways that kubectl doesn't take. */
  readonly misnamed: Readonly<Record<'commonName' | 'partOfLabel', RecordingServer>>;
  readonly server: string;
  readonly plain: string;
  readonly authority: Authority;
  readonly certificatePem: string;
  readonly client: KeyPair;
  readonly stranger: KeyPair;
  /** Valid for an hour. */
  readonly idToken: string;
  readonly oldIdToken: string;
}

export async function startKubeconfigFixture(stack: AsyncDisposableStack): Promise<KubeconfigFixture> {
  const authority = await createAuthority();
  const shown = await authority.issue({ dnsNames: ['localhost', 'kube.example.com'], ipAddresses: ['127.0.0.1'] });
  const https = stack.use(await recordRequests(shown));
  const http = stack.use(await recordRequests(undefined));
  const misnamed = {
    commonName: stack.use(
      await recordRequests(await authority.issue({ dnsNames: [], commonNames: ['kube.example.com'] })),
    ),
    partOfLabel: stack.use(await recordRequests(await authority.issue({ dnsNames: ['ku*.example.com'] }))),
  };
  const proxy = stack.use(await serveProxy({ to: https.port }));
  const socks = stack.use(await serveSocks({ to: https.port }));
  const [client, stranger] = await Promise.all([createSelfSigned('alice'), createSelfSigned('mallory')]);
  const now = Math.floor(Date.now() / 1000);
  return {
    https,
    http,
    misnamed,
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

/** Files beginning with `#!` become executable. */
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
