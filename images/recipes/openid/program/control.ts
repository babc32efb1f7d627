import { timingSafeEqual } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import type { Configuration } from './configuration.ts';
import { readBody, sendJson } from './exchange.ts';
import { isTokenKind, tokenKinds } from './faults.ts';
import type { Keyring } from './keyring.ts';
import { mint } from './mint.ts';

class Misunderstood extends Error {}

/**
 * For tests only, with its own port and key: `POST /tokens` {kind, username, lifetimeS?} → {token}; `POST /rotation`
 * {retire} → {signing, published}.
 */
export function controlServer(
  configuration: Configuration,
  keyring: Keyring,
  rotate: (retire: boolean) => Promise<void>,
): http.Server {
  return http.createServer(async (request, response) => {
    if (!isAllowed(request, configuration.controlKey)) {
      request.resume();
      sendJson(response, 401, { error: 'the control key is missing or wrong' });
      return;
    }
    try {
      sendJson(response, 200, await answer(request));
    } catch (error) {
      const status = error instanceof Misunderstood ? 400 : 500;
      sendJson(response, status, { error: error instanceof Error ? error.message : String(error) });
    }
  });

  async function answer(request: IncomingMessage): Promise<unknown> {
    const body = fieldsOf(await readBody(request));
    switch (`${request.method} ${request.url}`) {
      case 'POST /tokens':
        return { token: await token(body) };
      case 'POST /rotation': {
        if (typeof body['retire'] !== 'boolean') {
          throw new Misunderstood('retire must be true or false');
        }
        await rotate(body['retire']);
        return { signing: keyring.signing.kid, published: keyring.jwks.map(({ kid }) => kid) };
      }
      default:
        throw new Misunderstood(`there is no ${request.method} ${request.url} here`);
    }
  }

  function token({ kind, username, lifetimeS = configuration.tokenLifetimeS }: Fields): Promise<string> {
    if (!isTokenKind(kind)) {
      throw new Misunderstood(`kind must be one of ${tokenKinds.join(', ')}`);
    }
    const user = configuration.users.find((candidate) => candidate.username === username);
    if (user === undefined) {
      throw new Misunderstood('username must be one of the configured users');
    }
    if (typeof lifetimeS !== 'number' || !Number.isInteger(lifetimeS) || lifetimeS <= 0) {
      throw new Misunderstood('lifetimeS must be a whole number of seconds above 0');
    }
    return mint(kind, user, lifetimeS, { configuration, keyring });
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(body: string): Fields {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) {
      return { ...parsed };
    }
  } catch {
    // Reported below.
  }
  throw new Misunderstood('the body must be a JSON object');
}

function isAllowed(request: IncomingMessage, key: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${key}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
