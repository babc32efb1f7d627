import { type LoginMethod, LoginWatch } from './accepted-logins.ts';

export class PostgresProtocolError extends Error {
  override readonly name = 'PostgresProtocolError';
}

/** In bytes, per connection. */
export interface MessageLimits {
  readonly message: number;
  readonly total: number;
}

const defaultLimits: MessageLimits = { message: 1 << 20, total: 16 << 20 };

const headerLength = 5;
const known = new Set(Array.from('123ACDEIKNRSTZnstv', (char) => char.charCodeAt(0)));
/** The driver would throw, or read forever. */
const judged = new Set(Array.from('REN', (char) => char.charCodeAt(0)));

const methods: Readonly<Record<number, string>> = {
  2: 'Kerberos V5',
  6: 'SCM credentials',
  7: 'Kerberos (GSSAPI)',
  8: 'Kerberos (GSSAPI)',
  9: 'SSPI',
};
const understood: ReadonlySet<number> = new Set([0, 3, 5, 10, 11, 12]);

/**
 * Protects the driver, which buffers any announced length, throws outside every promise at an unknown login method, and
 * hangs on an unterminated error message.
 */
export class MessageGuard {
  readonly #limits: MessageLimits;
  readonly #login: LoginWatch;
  #total = 0;
  #missing = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(limits: MessageLimits = defaultLimits, logins?: ReadonlySet<LoginMethod>) {
    this.#limits = limits;
    this.#login = new LoginWatch(logins);
  }

  /** @throws PostgresProtocolError */
  accept(chunk: Buffer): Buffer {
    this.#total += chunk.length;
    if (this.#total > this.#limits.total) {
      throw new PostgresProtocolError(
        `the server sends without end: more than ${mebibytes(this.#limits.total)} for an answer of a few rows`,
      );
    }
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let at = Math.min(this.#missing, bytes.length);
    this.#missing -= at;
    while (this.#missing === 0 && at < bytes.length) {
      const taken = this.#next(bytes.subarray(at));
      if (taken === 0) {
        break;
      }
      at += taken;
    }
    this.#held = bytes.subarray(at);
    return bytes.subarray(0, at);
  }

  /** 0 if more must arrive first. */
  #next(bytes: Buffer): number {
    const type = bytes[0] ?? 0;
    if (!known.has(type)) {
      throw new PostgresProtocolError(`what answers doesn't speak Postgres' protocol (it sent 0x${type.toString(16)})`);
    }
    if (bytes.length < headerLength) {
      return 0;
    }
    const length = bytes.readUInt32BE(1) + 1;
    if (length < headerLength || length > this.#limits.message) {
      throw new PostgresProtocolError(`the server announces a message of ${length - 1} bytes`);
    }
    if (!judged.has(type)) {
      const taken = Math.min(length, bytes.length);
      this.#missing = length - taken;
      return taken;
    }
    if (bytes.length < length) {
      return 0;
    }
    const body = bytes.subarray(headerLength, length);
    judge(type, body);
    const refusal = type === 'R'.charCodeAt(0) ? this.#login.refusalOf(body.readInt32BE(0)) : undefined;
    if (refusal !== undefined) {
      throw new PostgresProtocolError(refusal);
    }
    return length;
  }
}

function judge(type: number, body: Buffer): void {
  if (type !== 'R'.charCodeAt(0)) {
    judgeFields(body);
    return;
  }
  const code = body.length < 4 ? -1 : body.readInt32BE(0);
  if (!understood.has(code)) {
    throw new PostgresProtocolError(
      `the server asks for a login by ${methods[code] ?? `a way that isn't known (${code})`}, and only passwords (SCRAM-SHA-256, MD5, clear text) and client certificates are spoken here`,
    );
  }
  const offered =
    code === 10
      ? body
          .subarray(4)
          .toString('latin1')
          .split('\0')
          .filter((name) => name !== '')
      : [];
  if (code === 10 && !offered.includes('SCRAM-SHA-256')) {
    const names = offered.filter((name) => /^[\w-]{1,40}$/.test(name)).join(', ');
    throw new PostgresProtocolError(
      `the server asks for a login by ${names || 'no way at all'}, and only SCRAM-SHA-256 is spoken here`,
    );
  }
}

/** Each field is a letter and a zero-terminated text; a zero ends them. */
function judgeFields(body: Buffer): void {
  let at = 0;
  while (body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) {
      throw new PostgresProtocolError("what answers doesn't speak Postgres' protocol (a message of it has no end)");
    }
    at = end + 1;
  }
}

const mebibytes = (bytes: number) => `${Math.round(bytes / (1 << 20))} MB`;
