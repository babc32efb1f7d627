import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import { errors } from 'oidc-provider';
import type { Configuration } from './configuration.ts';
import { sendJson } from './exchange.ts';
import type { Keyring } from './keyring.ts';
import { login } from './login.ts';
import { createProvider, interactionPath } from './provider.ts';
import { Store } from './store.ts';

export interface IssuerServer {
  readonly server: https.Server;
  renew(): void;
}

export function issuerServer(
  configuration: Configuration,
  keyring: Keyring,
  tls: { readonly key: string; readonly cert: string },
  log: (line: string) => void,
): IssuerServer {
  const store = new Store();
  const mountPath = new URL(configuration.issuer).pathname;
  const create = () => {
    const provider = createProvider(configuration, keyring, store);
    provider.on('server_error', (_context, error) => log(stackOf(error)));
    return { provider, handle: provider.callback() };
  };
  let current = create();

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? '/';
    if (!url.startsWith(`${mountPath}/`)) {
      sendJson(response, 404, { error: 'not_found' });
      return;
    }
    if (url.startsWith(`${mountPath}${interactionPath}/`)) {
      await login(current.provider, configuration.users, request, response);
      return;
    }
    Object.assign(request, { originalUrl: url });
    request.url = url.slice(mountPath.length);
    await current.handle(request, response);
  };

  const server = https.createServer({ ...tls, minVersion: 'TLSv1.2' }, (request, response) => {
    const { method, url = '/' } = request;
    response.on('finish', () => {
      // Queries and bodies hold codes and tokens: never logged.
      log(`${method} ${url.split('?')[0]} ${response.statusCode}`);
    });
    serve(request, response).catch((error: unknown) => fail(response, error, log));
  });
  return {
    server,
    renew: () => {
      current = create();
    },
  };
}

function fail(response: ServerResponse, error: unknown, log: (line: string) => void): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof errors.OIDCProviderError) {
    sendJson(response, error.statusCode, { error: error.error });
    return;
  }
  log(stackOf(error));
  sendJson(response, 500, { error: 'server_error' });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
