import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { Authority } from '@meho/core/testing/authority';
import type { StartedRegistry } from '../registry.ts';

/** What stands between an engine and a registry, as weather does. */
export interface RegistryFront extends AsyncDisposable {
  readonly host: string;
  /** Each takes one request that it fits, then is gone. */
  readonly faults: RegistryFault[];
}

export interface RegistryFault {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH';
  readonly path: RegExp;
  /** A status instead of the registry's answer, or half of its body and then nothing. */
  readonly answer: 429 | 503 | 'half';
}

/** Plain HTTP on 127.0.0.1, which engines speak with registries there. */
export async function startRegistryFront(registry: StartedRegistry, authority: Authority): Promise<RegistryFront> {
  const faults: RegistryFault[] = [];
  const server = createServer((asked, response) => {
    const index = faults.findIndex(({ method, path }) => method === asked.method && path.test(asked.url ?? ''));
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault === undefined || fault.answer === 'half') {
      forward(asked, response, { registry, authority, half: fault !== undefined });
      return;
    }
    asked.resume();
    const code = fault.answer === 429 ? 'TOOMANYREQUESTS' : 'UNAVAILABLE';
    response.writeHead(fault.answer, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code, message: 'later' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Forwarding {
  readonly registry: StartedRegistry;
  readonly authority: Authority;
  readonly half: boolean;
}

function forward(asked: IncomingMessage, response: ServerResponse, { registry, authority, half }: Forwarding): void {
  const onward = request(
    {
      ...{ host: '127.0.0.1', port: registry.port, ca: authority.certificatePem },
      ...{ method: asked.method, path: asked.url },
      headers: { ...asked.headers, 'x-forwarded-proto': 'http' },
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (half) {
        answer.once('data', (piece: Buffer) => {
          response.write(piece.subarray(0, Math.ceil(piece.length / 2)), () => response.destroy());
          answer.destroy();
        });
      } else {
        answer.pipe(response);
      }
    },
  );
  onward.on('error', () => response.destroy());
  asked.pipe(onward);
}
