import { exchange } from '@meho/core/http/exchange';
import type { Authority } from '@meho/core/testing/authority';
import { holds, notYet, type Observation, waitFor } from '@meho/core/wait/wait-for';
import type { Reach } from './form-browser.ts';
import { type Endpoint, type OutageKind, type RunningContainer, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';
import { VaultApi } from './vault-api.ts';
import {
  type Federation,
  federate,
  initialise,
  removePolicy,
  removeSecret,
  unseal,
  type VaultKeys,
  writePolicy,
  writeSecret,
} from './vault-setup.ts';

/** Contract: the chart allows Vault on tcp/8200 (seed, "NetworkPolicy"). */
const vaultPort = 8200;
const deadlineMs = 60_000;
const folder = '/run/vault';
/** In its certificates; the first one has only this, until the address is known. */
const name = 'vault';

/** Many hosts deny containers IPC_LOCK, and these secrets are worthless. */
const configuration = `
storage "inmem" {}
disable_mlock = true
ui = false
log_level = "info"
listener "tcp" {
  address = "0.0.0.0:${vaultPort}"
  tls_cert_file = "${folder}/tls.crt"
  tls_key_file = "${folder}/tls.key"
}
`;

export interface VaultOptions {
  readonly authority: Authority;
  /** Must already answer: Vault reads its discovery document at once. */
  readonly federation: Federation;
}

/**
 * Unsealed and federated. Root token and unseal key never leave this process's memory.
 * @throws Problem with the end of the log, after removing everything
 */
export async function startVault(place: ServicePlace, options: VaultOptions): Promise<StartedVault> {
  const { authority, federation } = options;
  const first = await authority.issue({ dnsNames: [name] });
  const service = await StartedService.start<string>({
    ...place,
    what: 'vault',
    port: vaultPort,
    // The official entrypoint changes the user, who couldn't read the files.
    entrypoint: ['vault'],
    command: ['server', `-config=${folder}/vault.hcl`],
    files: [
      { target: `${folder}/vault.hcl`, content: configuration },
      { target: `${folder}/tls.key`, content: first.privateKeyPem },
      { target: `${folder}/tls.crt`, content: first.certificatePem },
    ],
    provide: (container) => exchangeCertificate(container, authority, place.signal),
    deadlineMs,
    probe: (endpoint) => askVersion(endpoint, authority),
  });
  try {
    if (place.running !== undefined) {
      // Forgets its keys, which no other process was told, and whatever a killed run changed.
      await (await service.outage('stopped'))[Symbol.asyncDispose]();
    }
    return await StartedVault.open(service, authority, federation);
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Vault reloads its certificate on SIGHUP, but exits on one sent before it listens. */
async function exchangeCertificate(container: RunningContainer, authority: Authority, signal: AbortSignal) {
  const url = new URL(`https://${container.address}:${vaultPort}/v1/sys/health`);
  const ask = (servername: string | undefined) =>
    exchange({
      url,
      tls: { ca: [authority.certificatePem], ...(servername === undefined ? {} : { servername }) },
      connectTo: container.endpoint,
      deadlineMs: 2_000,
    });
  await waitFor('vault to listen', async () => holds(await ask(name)), { deadlineMs, intervalMs: 50, signal });
  const certificate = await authority.issue({ dnsNames: [name], ipAddresses: [container.address] });
  await container.copy([
    { target: `${folder}/tls.key`, content: certificate.privateKeyPem },
    { target: `${folder}/tls.crt`, content: certificate.certificatePem },
  ]);
  await container.kill('SIGHUP');
  await waitFor('vault to show its certificate', async () => holds(await ask(undefined)), {
    deadlineMs: 10_000,
    intervalMs: 50,
    signal,
  });
}

async function askVersion(connectTo: Endpoint, authority: Authority): Promise<Observation<string>> {
  const answer = await exchange({
    url: new URL(`https://${name}:${vaultPort}/v1/sys/seal-status`),
    tls: { ca: [authority.certificatePem] },
    connectTo,
    deadlineMs: 2_000,
  });
  const { version } = JSON.parse(answer.body);
  return typeof version === 'string' ? holds(version) : notYet(`its seal status answers ${answer.status}`);
}

export class StartedVault extends ServiceHandle<string> {
  readonly #authority: Authority;
  readonly #federation: Federation;
  readonly #api: VaultApi;
  #keys: VaultKeys;

  private constructor(
    service: StartedService<string>,
    authority: Authority,
    federation: Federation,
    api: VaultApi,
    keys: VaultKeys,
  ) {
    super(service);
    this.#authority = authority;
    this.#federation = federation;
    this.#api = api;
    this.#keys = keys;
  }

  static async open(service: StartedService<string>, authority: Authority, federation: Federation) {
    const reach = () => ({ ca: authority.certificatePem, connectTo: service.endpoint });
    const api = new VaultApi(addressUrl(service.address), reach);
    return new StartedVault(service, authority, federation, api, await openWith(api, federation));
  }

  get version(): string {
    return this.service.answer;
  }

  get url(): string {
    return addressUrl(this.service.address);
  }

  get reach(): Reach {
    return { ca: this.#authority.certificatePem, connectTo: this.service.endpoint };
  }

  get api(): VaultApi {
    return this.#api;
  }

  /** Seals Vault until disposed: it answers 503 to anything that needs its data. */
  async seal(): Promise<AsyncDisposable> {
    await this.#api.must('PUT', 'sys/seal', { token: this.#keys.rootToken });
    return untilDisposed(() => unseal(this.#api, this.#keys.unsealKey));
  }

  /** Until disposed, logins succeed but tokens may read nothing. */
  async removePolicy(): Promise<AsyncDisposable> {
    await removePolicy(this.#api, this.#keys.rootToken);
    return untilDisposed(() => writePolicy(this.#api, this.#keys.rootToken));
  }

  async removeSecret(): Promise<AsyncDisposable> {
    await removeSecret(this.#api, this.#keys.rootToken);
    return untilDisposed(() => writeSecret(this.#api, this.#keys.rootToken));
  }

  /** Lasts until disposed. Vault forgets everything when stopped and is set up anew. */
  override async outage(kind: OutageKind): Promise<AsyncDisposable> {
    const outage = await super.outage(kind);
    return untilDisposed(async () => {
      await outage[Symbol.asyncDispose]();
      if (kind === 'stopped') {
        this.#keys = await openWith(this.#api, this.#federation);
      }
    });
  }
}

function addressUrl(address: string): string {
  return `https://${address}:${vaultPort}`;
}

async function openWith(api: VaultApi, federation: Federation): Promise<VaultKeys> {
  const keys = await initialise(api);
  await federate(api, keys.rootToken, federation);
  return keys;
}

/** Undoes the fault once, even if disposed repeatedly. */
function untilDisposed(undo: () => Promise<void>): AsyncDisposable {
  let undoing: Promise<void> | undefined;
  return {
    [Symbol.asyncDispose]: () => {
      undoing ??= undo();
      return undoing;
    },
  };
}
