import { createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import type { KeyPair } from '../../../http/testing/local-server.ts';

/** A message as a server of Postgres sends it. */
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

/** One row of text values under the names of its columns; a number among them has the type of a number. */
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
  /** The statements that it was asked, in order. */
  readonly statements: readonly string[];
  /** The startup parameters of the last session. */
  readonly startup: ReadonlyMap<string, string>;
  /** Sessions that came as far as a startup, and whether they were encrypted. */
  readonly sessions: readonly { readonly encrypted: boolean }[];
}

export interface FakeBehaviour {
  /** Instead of taking the login. */
  readonly onStartup?: (socket: Socket) => void;
  /** What comes before ReadyForQuery for a statement. */
  readonly answer?: (statement: string, socket: Socket) => Buffer | undefined;
  readonly tls?: KeyPair;
  /** Answers the request for encryption with this instead. */
  readonly encryptionAnswer?: string;
  /** Keeps its side open whatever the client does, and reads nothing once it has answered. */
  readonly neverCloses?: boolean;
  /** Instead of 127.0.0.1: a socket of this path. */
  readonly path?: string;
}

/** A server of the wire protocol that answers as a test wants it to. */
export async function fakePostgres(behaviour: FakeBehaviour): Promise<FakePostgres> {
  const seen = {
    statements: [] as string[],
    startup: new Map<string, string>(),
    sessions: [] as { encrypted: boolean }[],
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
  readonly sessions: { encrypted: boolean }[];
}

/** The first packets have no type: a request for encryption, or the startup. */
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
      secure.once('data', (startup: Buffer) => begin(secure, startup, behaviour, seen, true));
      return;
    }
    begin(socket, packet, behaviour, seen, false);
  };
  socket.once('data', onFirst);
}

function begin(socket: Socket, startup: Buffer, behaviour: FakeBehaviour, seen: Seen, encrypted: boolean): void {
  const words = startup.subarray(8).toString().split('\0');
  seen.startup = new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])));
  seen.sessions.push({ encrypted });
  const feed = reader((type, body) => {
    // Simple queries and the extended protocol's Parse hold a statement; Sync ends the latter.
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
