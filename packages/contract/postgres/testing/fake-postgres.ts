import { createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import type { KeyPair } from '@meho/core/http/testing/local-server';

export function message(type: string, ...parts: readonly (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? int32(part) : Buffer.from(part))));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};
const int16 = (value: number): Buffer => int32(value).subarray(2);

export const authenticationOk = message('R', 0);
export const ready = message('Z', 'I');
export const errorMessage = (code: string, text = 'no') => message('E', `SERROR\0VERROR\0C${code}\0M${text}\0`, '\0');

const int4 = 23;
const textType = 25;

/** One row of text values by column name; a column with `type` gets that type. */
export function row(
  columns: Readonly<Record<string, { readonly type?: number; readonly text: string | null }>>,
): Buffer {
  return Buffer.concat([description(columns), dataRow(columns), message('C', 'SELECT 1\0')]);
}

export const numbers = (columns: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(columns).map(([name, text]) => [name, { type: int4, text }]));

function description(columns: Parameters<typeof row>[0]): Buffer {
  const fields = Object.entries(columns).map(([name, { type = textType }]) =>
    Buffer.concat([Buffer.from(`${name}\0`), int32(0), int16(0), int32(type), int16(4), int32(-1), int16(0)]),
  );
  return message('T', int16(fields.length), ...fields);
}

export function dataRow(columns: Parameters<typeof row>[0]): Buffer {
  const values = Object.values(columns).map(({ text }) =>
    text === null ? int32(-1) : Buffer.concat([int32(Buffer.byteLength(text)), Buffer.from(text)]),
  );
  return message('D', int16(values.length), ...values);
}

export interface FakePostgres extends AsyncDisposable {
  readonly port: number;
  readonly statements: readonly string[];
  readonly startup: ReadonlyMap<string, string>;
  readonly sessions: readonly FakeSession[];
}

export interface FakeSession {
  readonly encrypted: boolean;
  /** Sent in clear text (SNI). */
  readonly name?: string | undefined;
  readonly version?: string | null;
}

export interface FakeBehaviour {
  readonly onStartup?: (socket: Socket) => void;
  readonly answer?: (statement: string, socket: Socket) => Buffer | undefined;
  readonly tls?: KeyPair;
  readonly encryptionAnswer?: string;
  /** Keeps its side open whatever the client does, and reads nothing after answering. */
  readonly neverCloses?: boolean;
  /** Socket, instead of 127.0.0.1. */
  readonly path?: string;
}

export async function fakePostgres(behaviour: FakeBehaviour): Promise<FakePostgres> {
  const seen = {
    statements: [] as string[],
    startup: new Map<string, string>(),
    sessions: [] as FakeSession[],
  };
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: behaviour.neverCloses === true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket, behaviour, seen);
  });
  await new Promise<void>((resolve) => server.listen(behaviour.path ?? { port: 0, host: '127.0.0.1' }, resolve));
  const address = server.address();
  return {
    ...seen,
    get startup() {
      return seen.startup;
    },
    port: typeof address === 'object' && address !== null ? address.port : 5432,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

interface Seen {
  readonly statements: string[];
  startup: Map<string, string>;
  readonly sessions: FakeSession[];
}

/** The first packets have no type. */
function greet(socket: Socket, behaviour: FakeBehaviour, seen: Seen): void {
  const onFirst = (packet: Buffer) => {
    if (packet.length === 8 && packet.readInt32BE(4) === 80_877_103) {
      const { tls: pair, encryptionAnswer = pair === undefined ? 'N' : 'S' } = behaviour;
      if (pair === undefined) {
        socket.once('data', onFirst);
        socket.write(encryptionAnswer);
        return;
      }
      socket.write(encryptionAnswer);
      const secure = new tls.TLSSocket(socket, { isServer: true, cert: pair.certificatePem, key: pair.privateKeyPem });
      secure.on('error', () => undefined);
      secure.once('data', (startup: Buffer) => begin(secure, startup, behaviour, seen, sessionOf(secure)));
      return;
    }
    begin(socket, packet, behaviour, seen, { encrypted: false });
  };
  socket.once('data', onFirst);
}

function sessionOf(secure: tls.TLSSocket): FakeSession {
  const { servername: name } = secure as { readonly servername?: string };
  return { encrypted: true, name, version: secure.getProtocol() };
}

function begin(socket: Socket, startup: Buffer, behaviour: FakeBehaviour, seen: Seen, session: FakeSession): void {
  const words = startup.subarray(8).toString().split('\0');
  seen.startup = new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])));
  seen.sessions.push(session);
  const feed = reader((type, body) => {
    // In simple queries and the extended protocol's Parse; Sync ends the latter.
    if (type === 'Q' || type === 'P') {
      const statement = body.toString().split('\0')[type === 'Q' ? 0 : 1] ?? '';
      seen.statements.push(statement);
      pending = statement;
    }
    if (type === 'Q' || type === 'S') {
      const extended = type === 'S' ? [message('1'), message('2')] : [];
      const answer = /^BEGIN/.test(pending)
        ? message('C', 'BEGIN\0')
        : behaviour.answer === undefined
          ? row(numbers({ rows: '1', others: '0' }))
          : behaviour.answer(pending, socket);
      if (answer !== undefined) {
        socket.write(Buffer.concat([...extended, answer, ready]));
      }
    }
    if (type === 'p') {
      socket.write(Buffer.concat([authenticationOk, ready]));
    }
  });
  let pending = '';
  socket.on('data', feed);
  if (behaviour.onStartup === undefined) {
    socket.write(Buffer.concat([authenticationOk, ready]));
  } else {
    behaviour.onStartup(socket);
  }
}

function reader(onMessage: (type: string, body: Buffer) => void): (chunk: Buffer) => void {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 5 && held.length >= held.readInt32BE(1) + 1) {
      const length = held.readInt32BE(1) + 1;
      onMessage(String.fromCharCode(held[0] ?? 0), held.subarray(5, length));
      held = held.subarray(length);
    }
  };
}
