import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import net, { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hostAndPort } from './endpoint.ts';
import { type ProxyServer, proxyAdvice, proxyAuthorization, proxyName } from './proxy.ts';
import { proxyRefusal } from './proxy-refusal.ts';
import { nameCheck } from './server-identity.ts';
import { socksConnect } from './socks.ts';
import { secureOptions } from './tls-options.ts';
import { classify, type Phase, TransportError } from './transport-error.ts';

export interface TunnelRequest {
  readonly proxy: ProxyServer;
  readonly target: { readonly host: string; readonly port: number };
  /** Ends the attempt, not an open tunnel. */
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: Phase) => void;
}

/** @throws TransportError naming the proxy; the signal's reason on abort */
export async function openTunnel(request: TunnelRequest): Promise<Duplex> {
  const { proxy, signal } = request;
  try {
    return proxy.scheme === 'socks5' || proxy.scheme === 'socks5h'
      ? await throughSocks(request)
      : await throughConnect(request);
  } catch (error) {
    signal.throwIfAborted();
    throw proxyFault(error, proxy);
  }
}

/** The proxy's, not the host's behind it. */
export function proxyFault(error: unknown, proxy: ProxyServer): TransportError {
  if (error instanceof TransportError) {
    return error;
  }
  const name = proxyName(proxy);
  const found = classify(error, { host: proxy.tls?.servername ?? proxy.host, endpoint: name });
  const observed = found.failure === 'dns' ? `${name} can't be found: ${found.observed}` : found.observed;
  return new TransportError('proxy', observed, proxyAdvice(proxy), { cause: error });
}

async function throughConnect({ proxy, target, signal, onPhase }: TunnelRequest): Promise<Duplex> {
  const secure = proxy.scheme === 'https';
  const { Agent, request: send } = secure ? https : await import('node:http');
  const security = secure ? secureOptions(proxy.host, proxy.tls) : undefined;
  const where = hostAndPort(target.host, target.port);
  const authorization = proxyAuthorization(proxy);
  return new Promise((resolve, reject) => {
    const asking = send({
      method: 'CONNECT',
      host: proxy.host,
      port: proxy.port,
      path: where,
      headers: {
        host: where,
        'user-agent': 'meho-acceptance',
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
      signal,
      // This connection changes hands, so it can't be shared.
      agent: new Agent({ keepAlive: false }),
      ...(security === undefined ? {} : { ...security, checkServerIdentity: nameCheck(security) }),
    });
    asking.on('socket', (socket: Socket) =>
      socket.once(secure ? 'secureConnect' : 'connect', () => onPhase?.('tunnelling')),
    );
    // Node emits this for every status.
    asking.on('connect', (answer: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        reject(proxyRefusal(proxy, where, statusCode));
        return;
      }
      if (head.length > 0) {
        socket.unshift(head);
      }
      resolve(socket);
    });
    asking.on('error', reject);
    asking.on('close', () => reject(closedError()));
    asking.end();
  });
}

async function throughSocks({ proxy, target, signal, onPhase }: TunnelRequest): Promise<Duplex> {
  const host = proxy.scheme === 'socks5' ? await addressOf(target, signal) : target.host;
  const socket = net.connect({ host: proxy.host, port: proxy.port });
  const end = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(closedError()));
    });
    onPhase?.('tunnelling');
    await socksConnect(socket, { ...target, host }, proxy);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Failing to resolve the target isn't the proxy's fault. */
async function addressOf({ host, port }: TunnelRequest['target'], signal: AbortSignal): Promise<string> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const found = isIP(host) === 0 ? await Promise.race([lookup(host), aborted.promise]) : { address: host };
    return found.address;
  } catch (error) {
    throw signal.aborted ? error : classify(error, { host, endpoint: hostAndPort(host, port) });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function closedError(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
}
