import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import type { Configuration, User } from '@meho/images/recipes/openid/program/configuration';
import { controlServer } from '@meho/images/recipes/openid/program/control';
import { Keyring } from '@meho/images/recipes/openid/program/keyring';
import { issuerServer } from '@meho/images/recipes/openid/program/server';
import type { Reach } from '../form-browser.ts';

export const user: User = {
  username: 'operator',
  password: 'correct horse',
  sub: '5ac4b1c2-6b5c-4f0e-9d3e-0f4a3f8f6a11',
  name: 'Operator One',
  email: 'operator@example.com',
  tenantId: 'd2f1a6de-31ab-4f2c-a3a5-6a8d0a1b2c3d',
  tenantRole: 'operator',
};

export const configuration: Configuration = {
  issuer: 'https://127.0.0.1/realms/meho',
  audience: 'meho-backplane',
  clientId: 'meho-cli',
  users: [user],
  tokenLifetimeS: 300,
  controlKey: 'control-key-of-the-test',
};

export interface LocalProvider extends AsyncDisposable {
  /** Contains `keys.json` and `ca.pem`. */
  readonly folder: string;
  readonly authority: Authority;
  readonly keyring: Keyring;
  readonly reach: Reach;
  readonly port: number;
  readonly controlPort: number;
  readonly log: readonly string[];
}

export async function startLocalProvider(): Promise<LocalProvider> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-openid-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const authority = await createAuthority();
  await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
  const keyring = await Keyring.open(path.join(folder, 'keys.json'));
  const pair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const tls = { key: pair.privateKeyPem, cert: pair.certificatePem };
  const log: string[] = [];
  const issuer = issuerServer(configuration, keyring, tls, (line) => log.push(line));
  const control = controlServer(configuration, keyring, async (retire) => {
    await keyring.rotate(retire);
    issuer.renew();
  });
  const listening = async (server: Server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    stack.defer(() => void server.close());
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const port = await listening(issuer.server);
  const controlPort = await listening(control);
  const reach = { ca: authority.certificatePem, connectTo: { host: '127.0.0.1', port } };
  const owned = stack.move();
  return {
    folder,
    authority,
    keyring,
    reach,
    port,
    controlPort,
    log,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
