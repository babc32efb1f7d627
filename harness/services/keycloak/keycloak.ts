import { randomBytes } from 'node:crypto';
import { exchange } from '@meho/core/http/exchange';
import type { Authority } from '@meho/core/testing/authority';
import { holds, notYet, type Observation } from '@meho/core/wait/wait-for';
import type { User } from '@meho/images/recipes/openid/program/configuration';
import { authorizeDevice, awaitToken } from '../device-login.ts';
import type { Reach } from '../form-browser.ts';
import { createUsers, type Identity, identityOf, type Operator } from '../operators.ts';
import { type Endpoint, type ServicePlace, StartedService } from '../service.ts';
import { ServiceHandle } from '../service-handle.ts';
import { KeycloakAdmin } from './admin.ts';
import { approveAtKeycloak } from './login-pages.ts';
import { realmName, realmOf } from './realm.ts';

/** A fresh schema and a realm: 30 s of processor time, on a busy machine much more by the clock. */
const deadlineMs = 240_000;
const port = 443;
const folder = '/run/keycloak';
const home = '/opt/keycloak';
const adminName = 'admin';

export interface KeycloakOptions {
  readonly authority: Authority;
  readonly audience?: string;
  readonly tokenLifetimeS?: number;
}

/**
 * With realm `meho`, its keys and passwords made for this run.
 * @throws Problem with the end of the log, after removing everything
 */
export async function startKeycloak(place: ServicePlace, options: KeycloakOptions): Promise<StartedKeycloak> {
  const { authority, audience = 'meho-backplane', tokenLifetimeS = 600 } = options;
  const users = createUsers();
  const clientId = 'meho-cli';
  const password = randomBytes(24).toString('base64url');
  const realm = realmOf({ audience, clientId, users: Object.values(users), tokenLifetimeS });
  let base = '';
  const service = await StartedService.start<string>({
    ...place,
    what: 'keycloak',
    port,
    deadlineMs,
    provide: async ({ address, copy }) => {
      base = `https://${address}`;
      const certificate = await authority.issue({ dnsNames: [], ipAddresses: [address] });
      await copy([
        { target: `${folder}/tls.key`, content: certificate.privateKeyPem },
        { target: `${folder}/tls.crt`, content: certificate.certificatePem },
        { target: `${home}/conf/keycloak.conf`, content: configurationOf(base, password) },
        { target: `${home}/data/import/${realmName}-realm.json`, content: JSON.stringify(realm) },
      ]);
      await copy([{ target: `${folder}/complete`, content: '' }]);
    },
    probe: (endpoint) => askDiscovery(`${base}/realms/${realmName}`, authority, endpoint),
  });
  return new StartedKeycloak(service, { base, audience, clientId, users, password, authority });
}

/** A file, because variables and arguments can be read from outside. */
function configurationOf(base: string, password: string): string {
  const settings = {
    hostname: base,
    'https-port': port,
    'https-certificate-file': `${folder}/tls.crt`,
    'https-certificate-key-file': `${folder}/tls.key`,
    cache: 'local',
    'bootstrap-admin-username': adminName,
    'bootstrap-admin-password': password,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Keycloak listens before it has its realms, and answers 503 meanwhile. */
async function askDiscovery(issuer: string, authority: Authority, connectTo: Endpoint): Promise<Observation<string>> {
  const answer = await exchange({
    url: new URL(`${issuer}/.well-known/openid-configuration`),
    tls: { ca: [authority.certificatePem] },
    connectTo,
    deadlineMs: 5_000,
  });
  if (answer.status !== 200) {
    return notYet(`discovery answered ${answer.status}: ${answer.body.slice(0, 100)}`);
  }
  const { issuer: told, jwks_uri: jwksUri } = JSON.parse(answer.body);
  return told === issuer && typeof jwksUri === 'string' ? holds(jwksUri) : notYet(`discovery names the issuer ${told}`);
}

interface KeycloakSetup {
  readonly base: string;
  readonly audience: string;
  readonly clientId: string;
  readonly users: Readonly<Record<Operator, User>>;
  readonly password: string;
  readonly authority: Authority;
}

/** Of the members of the small provider those that a real issuer has: it mints nothing false. */
export class StartedKeycloak extends ServiceHandle<string> {
  readonly #setup: KeycloakSetup;
  readonly admin: KeycloakAdmin;
  readonly operators: Readonly<Record<Operator, Identity>>;

  constructor(service: StartedService<string>, setup: KeycloakSetup) {
    super(service);
    this.#setup = setup;
    const { base, password, users } = setup;
    this.admin = new KeycloakAdmin({ base, reach: () => this.reach, username: adminName, password });
    this.operators = {
      operator: identityOf(users.operator),
      admin: identityOf(users.admin),
      reader: identityOf(users.reader),
    };
  }

  get issuer(): string {
    return `${this.#setup.base}/realms/${realmName}`;
  }

  get audience(): string {
    return this.#setup.audience;
  }

  get clientId(): string {
    return this.#setup.clientId;
  }

  get jwksUri(): string {
    return this.service.answer;
  }

  get reach(): Reach {
    return { ca: this.#setup.authority.certificatePem, connectTo: this.service.endpoint };
  }

  async login(operator: Operator): Promise<string> {
    const device = await authorizeDevice(this.issuer, this.clientId, this.reach);
    await this.approve(device.verificationUriComplete, operator);
    return awaitToken(device, this.clientId, this.reach);
  }

  /** For tools under test that request and poll themselves. */
  approve(verificationUriComplete: string, operator: Operator, answer?: 'accept' | 'cancel'): Promise<void> {
    return approveAtKeycloak(verificationUriComplete, this.#setup.users[operator], this.reach, answer);
  }

  /**
   * Signs with a new key from now on.
   * @param retire unpublishes old keys, so that their tokens fail after the next JWKS fetch
   */
  async rotateKeys({ retire }: { readonly retire: boolean }): Promise<void> {
    const old = await this.#keyProviders('rsa-generated');
    await this.addKeys('rsa-generated', { priority: [String(200 + old.length)] });
    for (const { id } of retire ? old : []) {
      await this.admin.ask('DELETE', `/components/${id}`);
    }
  }

  /** @param providerId of Keycloak, e.g. `eddsa-generated` */
  async addKeys(providerId: string, config: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const realm = await this.admin.ask('GET', '');
    await this.admin.ask('POST', '/components', {
      name: `${providerId}-${randomBytes(3).toString('hex')}`,
      providerId,
      providerType,
      parentId: Reflect.get(Object(realm), 'id'),
      config,
    });
  }

  async #keyProviders(providerId: string): Promise<readonly { readonly id: string }[]> {
    const all = await this.admin.ask('GET', `/components?type=${providerType}`);
    return (Array.isArray(all) ? all : []).filter((each) => each.providerId === providerId);
  }
}

const providerType = 'org.keycloak.keys.KeyProvider';
