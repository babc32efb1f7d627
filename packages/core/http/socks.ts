import { isIP, type Socket } from 'node:net';
import { hostAndPort } from './endpoint.ts';
import { type ProxyServer, proxyAdvice, proxyName } from './proxy.ts';
import { TransportError } from './transport-error.ts';

/** A SOCKS 5 client (RFC 1928) with user and password (RFC 1929). */

const version = 5;
const withoutLogin = 0;
const withPassword = 2;
const loginVersion = 1;
const connect = 1;
const addressType = { ipv4: 1, name: 3, ipv6: 4 } as const;

const refusals: Readonly<Record<number, string>> = {
  1: 'fails',
  2: "doesn't allow it",
  3: 'finds the network unreachable',
  4: 'finds the host unreachable',
  5: 'was refused there',
  6: 'ran out of time',
  7: "can't open connections",
  8: "doesn't take this kind of address",
};

/** Uses a fresh connection to the proxy. @throws TransportError if refused */
export async function socksConnect(
  socket: Socket,
  target: { readonly host: string; readonly port: number },
  proxy: ProxyServer,
): Promise<void> {
  const name = proxyName(proxy);
  const refused = (failure: 'proxy' | 'proxy-denied', what: string) =>
    new TransportError(failure, `${name} ${what}`, proxyAdvice(proxy));
  const spoken = (byte: number | undefined, expected: number) => {
    if (byte !== expected) {
      throw refused('proxy', "doesn't speak SOCKS 5");
    }
  };
  const methods = proxy.login === undefined ? [withoutLogin] : [withoutLogin, withPassword];
  socket.write(Buffer.from([version, methods.length, ...methods]));
  const [answered, method] = await take(socket, 2);
  spoken(answered, version);
  if (method === withPassword && proxy.login !== undefined) {
    const [user, password] = [Buffer.from(proxy.login.user), Buffer.from(proxy.login.password)];
    if (user.length > 255 || password.length > 255) {
      throw refused('proxy-denied', 'takes no user or password of more than 255 bytes');
    }
    socket.write(Buffer.from([loginVersion, user.length, ...user, password.length, ...password]));
    const [, status] = await take(socket, 2);
    if (status !== 0) {
      throw refused('proxy-denied', "doesn't take the user and password given");
    }
  } else if (method !== withoutLogin) {
    throw refused('proxy-denied', 'wants a user and a password');
  }
  socket.write(Buffer.from([version, connect, 0, ...addressBytes(target.host), target.port >> 8, target.port & 0xff]));
  const [replied, reply = 1, , type] = await take(socket, 4);
  spoken(replied, version);
  if (reply !== 0) {
    const why = refusals[reply] ?? `answers ${reply}`;
    throw refused(
      reply === 2 ? 'proxy-denied' : 'proxy',
      `can't reach ${hostAndPort(target.host, target.port)}: it ${why}`,
    );
  }
  // The proxy's own address, read to clear the connection.
  const length = type === addressType.name ? ((await take(socket, 1))[0] ?? 0) : type === addressType.ipv6 ? 16 : 4;
  await take(socket, length + 2);
}

function addressBytes(host: string): readonly number[] {
  if (isIP(host) === 4) {
    return [addressType.ipv4, ...host.split('.').map(Number)];
  }
  if (isIP(host) === 6) {
    return [addressType.ipv6, ...ipv6Bytes(host)];
  }
  const name = Buffer.from(host);
  return [addressType.name, name.length, ...name];
}

function ipv6Bytes(address: string): readonly number[] {
  // The URL parser turns a trailing IPv4 into two groups, so that one form is left.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(left), groups(right ?? '')];
  const all = right === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
  return all.flatMap((group: number) => [group >> 8, group & 0xff]);
}

async function take(socket: Socket, count: number): Promise<Buffer> {
  while (true) {
    const bytes: Buffer | null = socket.read(count);
    if (bytes !== null && bytes.length === count) {
      return bytes;
    }
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        socket.off('readable', readable).off('error', settle).off('close', ended).off('end', ended);
        if (error === undefined) {
          resolve();
        } else {
          reject(error);
        }
      };
      const readable = () => settle();
      const ended = () => settle(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
      socket.on('readable', readable).on('error', settle).on('close', ended).on('end', ended);
      if (socket.destroyed || socket.readableEnded) {
        ended();
      }
    });
  }
}
