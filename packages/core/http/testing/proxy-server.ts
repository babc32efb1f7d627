import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type KeyPair, type LocalServer, listen } from './local-server.ts';

export interface ProxyServerForTests extends LocalServer {
  /** E.g. `CONNECT meho.example.com:443`, with the login if there is one. */
  readonly asked: readonly string[];
}

export interface ProxyBehaviour {
  /** Makes it an https proxy. */
  readonly keyPair?: KeyPair;
  /** The local port to which all connections go, whatever their name. */
  readonly to: number;
  /** The login to require, `USER:PASSWORD`. */
  readonly login?: string;
  /** The status with which to refuse every request. */
  readonly status?: number;
}

/** Handles CONNECT, and requests with a whole URL. */
export async function serveProxy({ keyPair, to, login, status }: ProxyBehaviour): Promise<ProxyServerForTests> {
  const asked: string[] = [];
  const refusalOf = ({ method, url, headers }: IncomingMessage): number | undefined => {
    const given = Buffer.from((headers['proxy-authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString();
    asked.push([method, url, ...(given === '' ? [] : [given])].join(' '));
    return login !== undefined && given !== login ? 407 : status;
  };
  const server =
    keyPair === undefined
      ? http.createServer()
      : https.createServer({ cert: keyPair.certificatePem, key: keyPair.privateKeyPem });
  server.on('tlsClientError', () => undefined);
  server.on('request', (request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      response.writeHead(refusal).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? '');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = http.request({ port: to, method: request.method, path: pathname + search, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    client.on('error', () => undefined);
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = net.connect(to, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
  return { ...(await listen(server)), asked };
}

export async function serveSocks({ to, login, status = 0 }: ProxyBehaviour): Promise<ProxyServerForTests> {
  const asked: string[] = [];
  const server = net.createServer((client) => {
    client.on('error', () => undefined);
    converse(client, { to, login, status, asked }).catch((error) => client.destroy(error));
  });
  return { ...(await listen(server)), asked };
}

async function converse(
  client: Socket,
  { to, login, status, asked }: { to: number; login: string | undefined; status: number; asked: string[] },
): Promise<void> {
  const words = client.iterator({ destroyOnReturn: false });
  const next = async (): Promise<Buffer> => (await words.next()).value ?? Buffer.alloc(0);
  const methods = await next();
  let given = '';
  if (login !== undefined) {
    client.write(Buffer.from([5, methods.includes(2, 2) ? 2 : 255]));
    const said = await next();
    const userLength = said[1] ?? 0;
    given = `${said.subarray(2, 2 + userLength)}:${said.subarray(3 + userLength)}`;
    client.write(Buffer.from([1, given === login ? 0 : 1]));
  } else {
    client.write(Buffer.from([5, 0]));
  }
  const request = await next();
  const port = request.readUInt16BE(request.length - 2);
  const address = request.subarray(4, -2);
  const name =
    request[3] === 3 ? address.subarray(1).toString() : request[3] === 1 ? address.join('.') : address.toString('hex');
  asked.push(['SOCKS', `${name}:${port}`, ...(given === '' ? [] : [given])].join(' '));
  client.write(Buffer.from([5, status, 0, 1, 0, 0, 0, 0, 0, 0]));
  if (status !== 0) {
    client.end();
    return;
  }
  await words.return?.();
  const onward = net.connect(to, '127.0.0.1');
  onward.on('error', () => client.destroy());
  onward.pipe(client).pipe(onward);
}
