import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { readDockerEnvironment } from '@meho/core/config/docker';
import { createAuthority } from '@meho/core/testing/authority';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ping } from '../engine/client.ts';
import { namedEndpoint } from '../engine/endpoint.ts';
import { engineVariables } from '../engine/testcontainers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-docker-tls-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Writes it as `docker context create` does, with TLS material. */
async function lab(host: string, files: Readonly<Record<string, string>>): Promise<string> {
  const digest = createHash('sha256').update('lab').digest('hex');
  const meta = path.join(folder, 'contexts', 'meta', digest);
  const material = path.join(folder, 'contexts', 'tls', digest, 'docker');
  await Promise.all([meta, material].map((place) => mkdir(place, { recursive: true })));
  await writeFile(path.join(meta, 'meta.json'), JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host: host } } }));
  await Promise.all(Object.entries(files).map(([file, text]) => writeFile(path.join(material, file), text)));
  return material;
}

const named = (variables: Readonly<Record<string, string>>) =>
  namedEndpoint(readDockerEnvironment({ DOCKER_CONFIG: folder, ...variables }));

describe('an engine behind TLS', async () => {
  const authority = await createAuthority();
  const pair = await authority.issue({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] });
  const files = { 'ca.pem': authority.certificatePem, 'cert.pem': pair.certificatePem, 'key.pem': pair.privateKeyPem };

  async function engine(certificate = pair) {
    const server = https.createServer(
      {
        cert: certificate.certificatePem,
        key: certificate.privateKeyPem,
        requestCert: true,
        rejectUnauthorized: false,
      },
      ({ socket }, response) => {
        const shown = socket instanceof TLSSocket && socket.getPeerX509Certificate() !== undefined;
        // Part of Podman 5's answer.
        const podman = { Version: '5.4.0', Components: [{ Name: 'Podman Engine' }] };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(shown ? podman : {}));
      },
    );
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      host: `tcp://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  test("is reached with the context's material, and so by testcontainers and children", async () => {
    await using server = await engine();
    const place = await lab(server.host, files);
    // Variables of another engine must not matter.
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
    vi.stubEnv('DOCKER_CERT_PATH', '/nowhere');
    const endpoint = named({ DOCKER_CONTEXT: 'lab' });
    expect(endpoint).toMatchObject({ host: server.host, tls: { folder: place } });
    expect(endpoint && (await ping(endpoint, 5_000))).toEqual({ answers: true, version: '5.4.0' });
    const variables = engineVariables(endpoint ?? { host: '' });
    expect(variables).toEqual({ DOCKER_HOST: server.host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: place });
    const again = named({ ...variables });
    expect(again).toMatchObject({ host: server.host, tls: { folder: place } });
    expect(again && (await ping(again, 5_000))).toMatchObject({ answers: true });
  });

  test('is not believed with a certificate of another authority, whatever Node is told', async () => {
    await using server = await engine(
      await (await createAuthority()).issue({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }),
    );
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await lab(server.host, files);
    const endpoint = named({ DOCKER_CONTEXT: 'lab' });
    expect(endpoint && (await ping(endpoint, 5_000))).toMatchObject({
      answers: false,
      reason: expect.stringMatching(/certificate/),
    });
  });
});
