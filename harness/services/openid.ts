import { randomBytes } from 'node:crypto';
import { exchange } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import type { Authority } from '@meho/core/testing/authority';
import { holds, notYet, type Observation } from '@meho/core/wait/wait-for';
import {
  type Configuration,
  completeMark,
  controlPort,
  folder,
  issuerPort,
  type User,
} from '@meho/images/recipes/openid/program/configuration';
import type { TokenRequest } from '@meho/images/recipes/openid/program/faults';
import { approveDevice, authorizeDevice, awaitToken } from './device-login.ts';
import type { Reach } from './form-browser.ts';
import { createUsers, type Identity, identityOf, type Operator } from './operators.ts';
import { type Endpoint, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';

const deadlineMs = 30_000;
const requestDeadlineMs = 10_000;

/** A Keycloak realm, as in the contract's issuer URLs (seed, "Field / Why blank"). */
const issuerPath = '/realms/meho';

export interface OpenIdOptions {
  readonly authority: Authority;
  readonly audience?: string;
  /** Host in the issuer's URL; by default its network address, so that pods need no DNS. */
  readonly host?: string;
  readonly tokenLifetimeS?: number;
  /** Of the running container. */
  readonly state?: OpenIdState;
}

/** For another process to attach to. Secret. */
export interface OpenIdState {
  readonly id: string;
  readonly configuration: Configuration;
  readonly users: Readonly<Record<Operator, User>>;
}

/** `signing` is in use; the JWKS lists all. */
export interface PublishedKeys {
  readonly signing: string;
  readonly published: readonly string[];
}

/**
 * The control port's random key is known only to this process.
 * @throws Problem with the end of the log, after removing everything
 */
export async function startOpenId(place: ServicePlace, options: OpenIdOptions): Promise<StartedOpenId> {
  const { authority, audience = 'meho-backplane', tokenLifetimeS = 600 } = options;
  const users = options.state?.users ?? createUsers();
  const settings = {
    audience,
    clientId: 'meho-cli',
    users: Object.values(users),
    tokenLifetimeS,
    controlKey: randomBytes(24).toString('base64url'),
  };
  let configuration = options.state?.configuration;
  const service = await StartedService.start<string>({
    ...place,
    what: 'openid',
    port: issuerPort,
    otherPorts: [controlPort],
    deadlineMs,
    provide: async ({ address, copy }) => {
      const host = options.host ?? address;
      configuration = { ...settings, issuer: `https://${host}${issuerPath}` };
      const certificate = await authority.issue({
        dnsNames: host === address ? [] : [host],
        ipAddresses: [address],
      });
      await copy([
        { target: `${folder}/tls.key`, content: certificate.privateKeyPem },
        { target: `${folder}/tls.crt`, content: certificate.certificatePem },
        { target: `${folder}/configuration.json`, content: JSON.stringify(configuration) },
      ]);
      await copy([{ target: `${folder}/${completeMark}`, content: '' }]);
    },
    probe: async (endpoint) => askDiscovery(requireConfiguration(configuration).issuer, authority, endpoint),
  });
  return new StartedOpenId(service, requireConfiguration(configuration), authority, users);
}

function requireConfiguration(configuration: Configuration | undefined): Configuration {
  if (configuration === undefined) {
    throw new Error('the provider was asked before it was configured');
  }
  return configuration;
}

async function askDiscovery(issuer: string, authority: Authority, connectTo: Endpoint): Promise<Observation<string>> {
  const answer = await exchange({
    url: new URL(`${issuer}/.well-known/openid-configuration`),
    tls: { ca: [authority.certificatePem] },
    connectTo,
    deadlineMs: 2_000,
  });
  if (answer.status !== 200) {
    return notYet(`discovery answered ${answer.status}`);
  }
  const { issuer: told, jwks_uri: jwksUri } = JSON.parse(answer.body);
  return told === issuer && typeof jwksUri === 'string' ? holds(jwksUri) : notYet(`discovery names the issuer ${told}`);
}

/** An outage preserves keys, not pending logins. */
export class StartedOpenId extends ServiceHandle<string> {
  readonly #configuration: Configuration;
  readonly #authority: Authority;
  readonly #users: Readonly<Record<Operator, User>>;
  readonly operators: Readonly<Record<Operator, Identity>>;

  constructor(
    service: StartedService<string>,
    configuration: Configuration,
    authority: Authority,
    users: Readonly<Record<Operator, User>>,
  ) {
    super(service);
    this.#configuration = configuration;
    this.#authority = authority;
    this.#users = users;
    this.operators = {
      operator: identityOf(users.operator),
      admin: identityOf(users.admin),
      reader: identityOf(users.reader),
    };
  }

  get state(): OpenIdState {
    return { id: this.id, configuration: this.#configuration, users: this.#users };
  }

  get issuer(): string {
    return this.#configuration.issuer;
  }

  get audience(): string {
    return this.#configuration.audience;
  }

  get clientId(): string {
    return this.#configuration.clientId;
  }

  get jwksUri(): string {
    return this.service.answer;
  }

  get reach(): Reach {
    return { ca: this.#authority.certificatePem, connectTo: this.service.endpoint };
  }

  async login(operator: Operator): Promise<string> {
    const device = await authorizeDevice(this.issuer, this.clientId, this.reach);
    await this.approve(device.verificationUriComplete, operator);
    return awaitToken(device, this.clientId, this.reach);
  }

  /** For tools under test that request and poll themselves. */
  approve(verificationUriComplete: string, operator: Operator): Promise<void> {
    return approveDevice(verificationUriComplete, this.#users[operator], this.reach);
  }

  /** Sound, or with exactly the fault named by its kind. */
  async token(operator: Operator, request: Omit<TokenRequest, 'username'>): Promise<string> {
    const { username } = this.operators[operator];
    const { token } = await this.#control<{ token: string }>('/tokens', { ...request, username });
    return token;
  }

  /**
   * Signs with a new key from now on.
   * @param retire unpublishes old keys, so that their tokens fail after the next JWKS fetch
   */
  rotateKeys({ retire }: { readonly retire: boolean }): Promise<PublishedKeys> {
    return this.#control<PublishedKeys>('/rotation', { retire });
  }

  /** From this machine. The key is secret. */
  get control(): { readonly url: string; readonly key: string } {
    const { host, port } = this.service.endpointOf(controlPort);
    return { url: `http://${host}:${port}`, key: this.#configuration.controlKey };
  }

  async #control<Answer>(path: string, body: object): Promise<Answer> {
    const { url, key } = this.control;
    const answer = await exchange({
      method: 'POST',
      url: new URL(path, url),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      deadlineMs: requestDeadlineMs,
    });
    if (answer.status !== 200) {
      throw new Problem({
        expected: `the provider's control port to serve ${path}`,
        observed: `status ${answer.status}: ${answer.body.slice(0, 200)}`,
        next: "read the provider's log",
      });
    }
    return JSON.parse(answer.body);
  }
}
