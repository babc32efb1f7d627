import { exchange } from '../http/exchange.ts';
import type { Authority } from '../ingress/authority.ts';
import { holds, notYet, type Observation, waitFor } from '../wait/wait-for.ts';
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

/** Contract: the chart's policy allows Vault on tcp/8200 (seed, "NetworkPolicy"). */
const vaultPort = 8200;
const deadlineMs = 60_000;
const folder = '/run/vault';
/** In its certificates; alone in the first one, which it shows until its address is known. */
const name = 'vault';

/** `disable_mlock`, because many hosts don't give containers IPC_LOCK: what is kept here is worth nothing. */
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
  /** Signs its certificate. */
  readonly authority: Authority;
  /** Whose tokens it takes. The issuer must answer already: Vault reads its discovery document at once. */
  readonly federation: Federation;
}

/**
 * Starts Vault beside the cluster: in memory, TLS on 8200 with a certificate from the authority for its address,
 * unsealed and federated with the issuer. Root token and unseal key exist in this process's memory only.
 *
 * @throws Problem with the end of Vault's log; nothing is left behind then
 */
export async function startVault(place: ServicePlace, options: VaultOptions): Promise<StartedVault> {
  const { authority, federation } = options;
  const first = await authority.issue({ dnsNames: [name] });
  const service = await StartedService.start<string>({
    ...place,
    what: 'vault',
    port: vaultPort,
    // The official image's entrypoint changes the user; files would not be readable then.
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
    return await StartedVault.open(service, authority, federation);
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Vault reads its certificate anew on SIGHUP, and ends on one that comes before it listens. */
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

/** Listening is enough here, sealed or not: what comes after is asked of Vault's API. */
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

  /** e.g. `1.19.5` */
  get version(): string {
    return this.service.answer;
  }

  /** For `vault.address` and VAULT_ADDR. */
  get url(): string {
    return addressUrl(this.service.address);
  }

  /** How this machine reaches `url`. */
  get reach(): Reach {
    return { ca: this.#authority.certificatePem, connectTo: this.service.endpoint };
  }

  /** Vault's API as nobody: a token comes from a login. */
  get api(): VaultApi {
    return this.#api;
  }

  /** Sealed until disposed of: it answers 503 to everything that needs its data. */
  async seal(): Promise<AsyncDisposable> {
    await this.#api.must('PUT', 'sys/seal', { token: this.#keys.rootToken });
    return untilDisposed(() => unseal(this.#api, this.#keys.unsealKey));
  }

  /** Until disposed of, logins succeed and their tokens may read nothing. */
  async removePolicy(): Promise<AsyncDisposable> {
    await removePolicy(this.#api, this.#keys.rootToken);
    return untilDisposed(() => writePolicy(this.#api, this.#keys.rootToken));
  }

  /** Until disposed of, there is nothing at the secret's path. */
  async removeSecret(): Promise<AsyncDisposable> {
    await removeSecret(this.#api, this.#keys.rootToken);
    return untilDisposed(() => writeSecret(this.#api, this.#keys.rootToken));
  }

  /** Takes Vault away until the outage is disposed of. It forgets everything at a stop, and is set up anew after it. */
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

/** Undoes a fault once, however often it is disposed of. */
function untilDisposed(undo: () => Promise<void>): AsyncDisposable {
  let undoing: Promise<void> | undefined;
  return {
    [Symbol.asyncDispose]: () => {
      undoing ??= undo();
      return undoing;
    },
  };
}
