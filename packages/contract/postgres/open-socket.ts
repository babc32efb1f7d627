import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import tls from 'node:tls';
import { checkAsLibpq } from './certificate-name.ts';
import { PostgresProtocolError } from './message-guard.ts';
import { isSocketFolder, type PostgresHost } from './target.ts';
import type { PostgresTls } from './tls.ts';

export class NoEncryption extends Error {
  override readonly name = 'NoEncryption';
  constructor() {
    super('the server offers no encryption, which sslmode asks for');
  }
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** @throws the signal's reason or the connection error, with nothing left open */
export async function openSocket(
  { name, address, port }: Pick<PostgresHost, 'name' | 'address' | 'port'>,
  encryption: PostgresTls | undefined,
  systemRoots: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const folder = address === undefined && isSocketFolder(name);
  const plain = folder
    ? connect({ path: `${name.replace(/^@/, '\0')}/.s.PGSQL.${port}` })
    : connect({ host: address ?? name, port, noDelay: true });
  // The next step reports it; without a listener it would end the process.
  plain.on('error', () => undefined);
  const onAbort = () => plain.destroy(asError(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await until(plain, 'connect');
    // Like libpq and asyncpg, ignores the mode on a Unix socket.
    if (encryption === undefined || folder) {
      return plain;
    }
    return await encrypt(plain, name, encryption, systemRoots);
  } catch (error) {
    plain.destroy();
    throw signal.aborted ? asError(signal.reason) : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function encrypt(
  plain: Socket,
  name: string,
  { verify, ca, cert, key, passphrase, direct, revoked, sendsName, versions }: PostgresTls,
  systemRoots: readonly string[] | undefined,
): Promise<Socket> {
  if (!direct) {
    plain.write(SSL_REQUEST);
    await agreed(plain);
  }
  const roots = ca === 'system' ? systemRoots && [...systemRoots, ...extraRoots()] : [ca];
  const secure = tls.connect({
    socket: plain,
    host: name,
    // An empty one sends none, and leaves the host's name to be checked.
    ...(isIP(name) === 0 ? { servername: sendsName ? name : '' } : {}),
    // Explicit, else NODE_TLS_REJECT_UNAUTHORIZED decides.
    rejectUnauthorized: verify !== 'nothing',
    checkServerIdentity: verify === 'chain' ? () => undefined : checkAsLibpq,
    ...(roots === undefined ? {} : { ca: [...roots] }),
    ...(revoked.length === 0 ? {} : { crl: [...revoked] }),
    ...versions,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(direct ? { ALPNProtocols: ['postgresql'] } : {}),
  });
  secure.on('error', () => undefined);
  await until(secure, 'secureConnect');
  if (direct && secure.alpnProtocol !== 'postgresql') {
    secure.destroy();
    throw new PostgresProtocolError('the server takes no encryption without asking first (sslnegotiation=direct)');
  }
  return secure;
}

/** NODE_EXTRA_CA_CERTS, which an explicit list drops; Node before 22.15 hides them. */
const extraRoots = () => ('getCACertificates' in tls ? tls.getCACertificates('extra') : []);

/** One byte answers; anything with it is unencrypted and not trusted. */
async function agreed(plain: Socket): Promise<void> {
  const [answer] = (await until(plain, 'data')) as [Buffer];
  plain.pause();
  if (answer.length === 1 && answer[0] === 'S'.charCodeAt(0)) {
    return;
  }
  if (answer.length === 1 && answer[0] === 'N'.charCodeAt(0)) {
    throw new NoEncryption();
  }
  throw new PostgresProtocolError(
    answer[0] === 'E'.charCodeAt(0)
      ? 'the server answers with an error before it is asked for anything: it may have no connection left'
      : "what answers doesn't speak Postgres' protocol (its answer to the request for encryption is neither S nor N)",
  );
}

/** Rejects if the socket fails or ends first. */
async function until(socket: Socket, event: 'connect' | 'secureConnect' | 'data'): Promise<unknown[]> {
  const ended = new AbortController();
  const onClose = () => ended.abort();
  socket.once('close', onClose);
  try {
    return await once(socket, event, { signal: ended.signal });
  } catch (error) {
    if (ended.signal.aborted) {
      throw Object.assign(new Error('the server closed the connection before it was set up'), { code: 'ECONNRESET' });
    }
    throw error;
  } finally {
    socket.off('close', onClose);
  }
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));
