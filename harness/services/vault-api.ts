import { exchange } from '@meho/core/http/exchange';
import { messageOf, Problem } from '@meho/core/problem';
import type { Reach } from './form-browser.ts';

export interface VaultRequest {
  readonly token?: string;
  readonly body?: object;
}

export interface VaultAnswer {
  readonly status: number;
  /** May hold secrets. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const deadlineMs = 10_000;

/** Errors contain nothing but Vault's own messages. */
export class VaultApi {
  readonly #address: string;
  readonly #reach: () => Reach;

  /**
   * @param address e.g. `https://172.18.0.6:8200`
   * @param reach evaluated each time: a restarted container has another local port
   */
  constructor(address: string, reach: () => Reach) {
    this.#address = address;
    this.#reach = reach;
  }

  /** Returns answers of any status. */
  async ask(method: string, path: string, { token, body }: VaultRequest = {}): Promise<VaultAnswer> {
    const { ca, connectTo } = this.#reach();
    const answer = await exchange({
      method,
      url: new URL(`/v1/${path}`, this.#address),
      headers: {
        ...(token === undefined ? {} : { 'x-vault-token': token }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      tls: { ca: [ca] },
      connectTo,
      deadlineMs,
    });
    return { status: answer.status, fields: fieldsOf(answer.body) };
  }

  /** @throws Problem with Vault's message unless the status is 2xx */
  async must(method: string, path: string, request: VaultRequest = {}): Promise<VaultAnswer['fields']> {
    const { status, fields } = await this.ask(method, path, request);
    if (status < 200 || status > 299) {
      throw new Problem({
        expected: `Vault to accept ${method} ${path}`,
        observed: `status ${status}: ${errorsOf(fields)}`,
        next: "read Vault's log",
      });
    }
    return fields;
  }
}

export function errorsOf(fields: VaultAnswer['fields']): string {
  const { errors } = fields;
  return Array.isArray(errors) && errors.length > 0 ? errors.join('; ') : 'it gives no reason';
}

function fieldsOf(body: string): VaultAnswer['fields'] {
  if (body.trim() === '') {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch (error) {
    throw new Problem(
      { expected: 'Vault to answer in JSON', observed: messageOf(error), next: 'look at what listens on its port' },
      { cause: error },
    );
  }
}
