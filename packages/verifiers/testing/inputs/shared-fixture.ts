import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Authority,
  type Behaviour,
  createAuthority,
  HEALTHY,
  json,
  STUB_HOST,
  STUB_SHA,
} from '@meho/contract/testing/stub-backplane';
import { type KeyPair, serveHttps, serveTcp } from '@meho/core/http/testing/local-server';
import { fakeGithub } from '@meho/green-counter/github/testing/fake-github';
import { fakeRepository, greenSmokes } from '@meho/green-counter/github/testing/fake-repository';
import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, storeRecord } from '@meho/helm/testing/records';
import { serveStubApi } from '@meho/kube/testing/stub-api-server';
import { createIssuerFixture, DEVICE_CODE, type IssuerFixture } from '../scripted-issuer.ts';
import type { Input } from './draw.ts';
import { faultsOf } from './faults.ts';

export interface SharedFixture extends AsyncDisposable {
  readonly folder: string;
  readonly authority: Authority;
  readonly hostPair: KeyPair;
  readonly apiPair: KeyPair;
  readonly issuers: IssuerFixture;
}

export interface PreparedInput extends AsyncDisposable {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export async function createSharedFixture(): Promise<SharedFixture> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-inputs-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const issuers = stack.use(await createIssuerFixture());
  const authority = await createAuthority();
  const hostPair = await authority.issue({ dnsNames: [STUB_HOST] });
  const apiPair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  // Mistyped file names must not land in the caller's folder.
  const before = process.cwd();
  process.chdir(folder);
  stack.defer(() => process.chdir(before));
  const owned = stack.move();
  return { folder, authority, hostPair, apiPair, issuers, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const records = [storeRecord(documentOf({ revision: 1, status: 'deployed' }), 'Secret')];

export async function prepareInput(ground: SharedFixture, input: Input, name: string): Promise<PreparedInput> {
  await using stack = new AsyncDisposableStack();
  const folder = path.join(ground.folder, name);
  await mkdir(folder, { recursive: true });
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const ports: Record<string, number> = {};
  const meets = (what: string) =>
    [...input.args, ...Object.values(input.env), ...Object.values(input.files)].some((text) =>
      text.includes(`{${what}}`),
    );
  let ca = ground.authority.certificatePem;
  if (meets('host')) {
    ports['host'] = stack.use(await serveHost(ground.hostPair, input)).port;
  }
  if (meets('api')) {
    const fault = faultsOf(input.api);
    const isSecure = (input.files['kubeconfig'] ?? '').includes('https://127.0.0.1:{api}');
    const server = isSecure
      ? await serveStubApi(ground.apiPair, () => undefined, fault)
      : await serveNamespace({ records }, fault);
    ports['api'] = stack.use(server).port;
  }
  if (meets('issuer')) {
    const issuer = stack.use(await ground.issuers.issuer({}, faultsOf(input.issuer)));
    ports['issuer'] = issuer.port;
    ca = issuer.caPem;
  }
  if (meets('github')) {
    const fault = faultsOf(input.github);
    const fake = fakeRepository(greenSmokes(6));
    const github = await fakeGithub({ repository: () => fake, fault: (_, response) => fault(response.req, response) });
    ports['github'] = stack.use(github).port;
  }
  if (input.database !== undefined) {
    ports['database'] = stack.use(await serveDatabase(input.database)).port;
  }
  const caFile = path.join(folder, 'ca.pem');
  await writeFile(caFile, ca);
  const filled = (text: string) =>
    text.replace(/\{(dir|ca|host|api|issuer|github|database)\}/g, (_, what: string) =>
      what === 'dir' ? folder : what === 'ca' ? caFile : String(ports[what] ?? 1),
    );
  for (const [file, text] of Object.entries(input.files)) {
    const place = path.join(folder, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, filled(text));
    if (file === 'helm') {
      await chmod(place, 0o755);
    }
  }
  await mkdir(path.join(folder, 'migrations'), { recursive: true });
  const owned = stack.move();
  return {
    folder,
    args: input.args.map(filled),
    env: Object.fromEntries(Object.entries(input.env).map(([variable, text]) => [variable, filled(text)])),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function serveHost(pair: KeyPair, input: Input) {
  const fault = faultsOf(input.host);
  const healthy: Readonly<Record<string, Behaviour>> = {
    '/healthz': json(200, { status: 'ok' }),
    '/version': json(200, { git_sha: STUB_SHA, build_date: 'x', chart_version: '0.1.0' }),
  };
  return serveHttps(pair, (request, response) => {
    if (fault(request, response)) {
      return;
    }
    const health =
      request.headers.authorization === undefined ? json(401, { detail: 'missing_token' }) : json(200, HEALTHY);
    (healthy[request.url ?? ''] ?? health)(request, response);
  });
}

/** Sends them in order, whatever it is asked. */
function serveDatabase(sayings: readonly string[]) {
  return serveTcp((socket) => {
    const left = [...sayings];
    socket.on('data', () => {
      const next = left.shift();
      if (next !== undefined) {
        socket.write(next, 'latin1');
      }
    });
  });
}

export { DEVICE_CODE };
