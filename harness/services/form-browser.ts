import { exchange, type HttpAnswer } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';

/** For HTTPS URLs whose address only the cluster's network knows. */
export interface Reach {
  /** PEM. */
  readonly ca: string;
  readonly connectTo: { readonly host: string; readonly port: number };
}

const deadlineMs = 10_000;
const redirectLimit = 10;

/** Just enough for a login: cookies, redirects, forms. Never leaves its site. */
export class FormBrowser {
  readonly #reach: Reach;
  readonly #cookies = new Map<string, string>();
  #url: URL;
  #page: HttpAnswer = { status: 0, headers: {}, body: '' };

  constructor(start: string, reach: Reach) {
    this.#reach = reach;
    this.#url = new URL(start);
  }

  get status(): number {
    return this.#page.status;
  }

  get text(): string {
    return this.#page.body
      .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  }

  async open(): Promise<void> {
    await this.#ask('GET', this.#url, undefined);
  }

  asksFor(field: string): boolean {
    return new RegExp(`<input[^>]*name="${field}"`).test(this.#page.body);
  }

  /** Keeps the form's other fields. */
  async submit(fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const form = /<form[^>]*>([\s\S]*?)<\/form>/.exec(this.#page.body);
    if (form === null) {
      throw new Problem({
        expected: `a form at ${this.#url.pathname}`,
        observed: `the page (status ${this.status}) says: ${this.text.slice(0, 200)}`,
        next: "read the provider's log",
      });
    }
    const action = attribute(form[0], 'action') ?? this.#url.href;
    const values = new URLSearchParams();
    for (const [input] of (form[1] ?? '').matchAll(/<input[^>]*>/g)) {
      const name = attribute(input, 'name');
      if (name !== undefined) {
        values.set(name, attribute(input, 'value') ?? '');
      }
    }
    for (const [name, value] of Object.entries(fields)) {
      values.set(name, value);
    }
    await this.#ask('POST', new URL(action, this.#url), values.toString());
  }

  async #ask(method: 'GET' | 'POST', url: URL, body: string | undefined): Promise<void> {
    let next = { method, url, body };
    for (let count = 0; count < redirectLimit; count++) {
      const { ca, connectTo } = this.#reach;
      const answer = await exchange({
        method: next.method,
        url: next.url,
        headers: {
          accept: 'text/html',
          ...(this.#cookies.size === 0 ? {} : { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }),
          ...(next.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(next.body === undefined ? {} : { body: next.body }),
        tls: { ca: [ca] },
        connectTo,
        deadlineMs,
      });
      this.#keepCookies(answer.headers['set-cookie'] ?? []);
      const { location } = answer.headers;
      if (location === undefined) {
        this.#url = next.url;
        this.#page = answer;
        return;
      }
      const target = new URL(location, next.url);
      if (target.origin !== this.#url.origin) {
        throw new Problem({
          expected: `the login to stay on ${this.#url.origin}`,
          observed: `it led to ${target.origin}`,
          next: "look at the provider's issuer",
        });
      }
      next = { method: 'GET', url: target, body: undefined };
    }
    throw new Problem({
      expected: `a page at ${url.pathname}`,
      observed: `more than ${redirectLimit} redirects`,
      next: "read the provider's log",
    });
  }

  #keepCookies(headers: readonly string[]): void {
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split(';');
      const [name = '', ...value] = pair.split('=');
      const gone = attributes.some((text) => /^\s*expires=Thu, 01 Jan 1970/i.test(text));
      if (gone) {
        this.#cookies.delete(name.trim());
      } else {
        this.#cookies.set(name.trim(), value.join('='));
      }
    }
  }
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`)
    .exec(tag)?.[1]
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
