import { randomBytes } from 'node:crypto';
import { exchange } from '../http/exchange.ts';
import {
  type Configuration,
  completeMark,
  controlPort,
  folder,
  issuerPort,
  type User,
} from '../images/openid/program/configuration.ts';
import type { TokenRequest } from '../images/openid/program/faults.ts';
import type { Authority } from '../ingress/authority.ts';
import { Problem } from '../problem.ts';
import { holds, notYet, type Observation } from '../wait/wait-for.ts';
import { approveDevice, authorizeDevice, awaitToken } from './device-login.ts';
import type { Reach } from './form-browser.ts';
import { createUsers, type Identity, identityOf, type Operator } from './operators.ts';
import { type Endpoint, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';

const deadlineMs = 30_000;
const requestDeadlineMs = 10_000;

/** A Keycloak's realm, as in the contract's issuer URLs (seed, "Field / Why blank"). */
const issuerPath = '/realms/meho';

export interface OpenIdOptions {
  /** Signs its certificate. */
  readonly authority: Authority;
  /** The audience of the tokens: `config.keycloakAudience`. */
  readonly audience?: string;
  /** Host of the issuer's URL. Its address on the network where absent, so that pods need no DNS for it. */
  readonly host?: string;
  /** How long tokens from a login are valid, in seconds. */
  readonly tokenLifetimeS?: number;
}

/** The key that signs now, and all that the JWKS names. */
export interface PublishedKeys {
  readonly signing: string;
  readonly published: readonly string[];
}

/**
 * Starts an OpenID provider beside the cluster: HTTPS on 443 with a certificate from the authority, users with random
 * passwords, and a control port whose random key only this process has.
 *
 * @throws Problem with the end of the provider's log; nothing is left behind then
 */
export async function startOpenId(place: ServicePlace, options: OpenIdOptions): Promise<StartedOpenId> {
  const { authority, audience = 'meho-backplane', tokenLifetimeS = 600 } = options;
  const users = createUsers();
  const settings = {
    audience,
    clientId: 'meho-cli',
    users: Object.values(users),
    tokenLifetimeS,
    controlKey: randomBytes(24).toString('base64url'),
  };
  let configuration: Configuration | undefined;
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
    probe: async (endpoint) => askDiscovery(configured(configuration).issuer, authority, endpoint),
  });
  return new StartedOpenId(service, configured(configuration), authority, users);
}

function configured(configuration: Configuration | undefined): Configuration {
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

/** Keys survive an outage; logins that are under way don't. */
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

  /** For `keycloak.issuer` and KEYCLOAK_ISSUER_URL; the same for pods and for tests. */
  get issuer(): string {
    return this.#configuration.issuer;
  }

  get audience(): string {
    return this.#configuration.audience;
  }

  /** The public client of operators' tools. */
  get clientId(): string {
    return this.#configuration.clientId;
  }

  get jwksUri(): string {
    return this.service.answer;
  }

  /** How this machine reaches the issuer's URLs. */
  get reach(): Reach {
    return { ca: this.#authority.certificatePem, connectTo: this.service.endpoint };
  }

  /** A whole device-code login: the tool asks, the operator confirms and logs in, the tool gets the access token. */
  async login(operator: Operator): Promise<string> {
    const device = await authorizeDevice(this.issuer, this.clientId, this.reach);
    await this.approve(device.verificationUriComplete, operator);
    return awaitToken(device, this.clientId, this.reach);
  }

  /** The operator's part alone, for a tool under test that asks and polls by itself. */
  approve(verificationUriComplete: string, operator: Operator): Promise<void> {
    return approveDevice(verificationUriComplete, this.#users[operator], this.reach);
  }

  /** A token by the control port: sound, or with exactly the fault that its kind names. */
  async token(operator: Operator, request: Omit<TokenRequest, 'username'>): Promise<string> {
    const { username } = this.operators[operator];
    const { token } = await this.#control<{ token: string }>('/tokens', { ...request, username });
    return token;
  }

  /**
   * A new key signs from now on.
   *
   * @param retire whether the keys so far are unpublished at once, so that their tokens stop being good for whoever
   * fetches the JWKS anew; otherwise old tokens stay good
   */
  rotateKeys({ retire }: { readonly retire: boolean }): Promise<PublishedKeys> {
    return this.#control<PublishedKeys>('/rotation', { retire });
  }

  async #control<Answer>(path: string, body: object): Promise<Answer> {
    const { host, port } = this.service.endpointOf(controlPort);
    const answer = await exchange({
      method: 'POST',
      url: new URL(path, `http://${host}:${port}`),
      headers: { authorization: `Bearer ${this.#configuration.controlKey}`, 'content-type': 'application/json' },
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
