import { exchange } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import type { Reach } from '../form-browser.ts';
import { realmName } from './realm.ts';

const deadlineMs = 20_000;

export interface AdminAccess {
  /** E.g. `https://172.18.0.5`, without a slash at the end. */
  readonly base: string;
  readonly reach: () => Reach;
  readonly username: string;
  readonly password: string;
}

type Body = Readonly<Record<string, unknown>>;

/** Of realm `meho`, by Keycloak's admin API. */
export class KeycloakAdmin {
  readonly #access: AdminAccess;

  constructor(access: AdminAccess) {
    this.#access = access;
  }

  /**
   * @param path below the realm, e.g. `/users`; the realm itself where empty
   * @throws Problem for any answer but a good one
   */
  async ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: Body): Promise<unknown> {
    const token = await this.#token();
    return this.#exchange(method, `/admin/realms/${realmName}${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Changes these members of the realm, and leaves all others. */
  async changeRealm(change: Body): Promise<void> {
    await this.ask('PUT', '', { realm: realmName, ...change });
  }

  async changeUser(id: string, change: Body): Promise<void> {
    const user = await this.ask('GET', `/users/${id}`);
    await this.ask('PUT', `/users/${id}`, { ...Object(user), ...change });
  }

  /** A token of a minute: asked for anew each time, so that none outlives its use. */
  async #token(): Promise<string> {
    const { username, password } = this.#access;
    const form = { grant_type: 'password', client_id: 'admin-cli', username, password };
    const answer = await this.#exchange('POST', '/realms/master/protocol/openid-connect/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    const token: unknown = Reflect.get(Object(answer), 'access_token');
    if (typeof token !== 'string') {
      throw new Error('Keycloak answered without an access token for its administrator');
    }
    return token;
  }

  async #exchange(
    method: string,
    path: string,
    request: { readonly headers: Readonly<Record<string, string>>; readonly body?: string },
  ): Promise<unknown> {
    const { ca, connectTo } = this.#access.reach();
    const url = new URL(`${this.#access.base}${path}`);
    const answer = await exchange({ method, url, ...request, tls: { ca: [ca] }, connectTo, deadlineMs });
    if (answer.status >= 300) {
      throw new Problem({
        expected: `Keycloak to do ${method} ${path}`,
        observed: `status ${answer.status}: ${answer.body.slice(0, 200)}`,
        next: "read Keycloak's log",
      });
    }
    return answer.body === '' ? undefined : JSON.parse(answer.body);
  }
}
