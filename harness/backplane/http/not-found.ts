import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './audited.ts';

/**
 * What the original's web framework does with requests that no route takes: 307 to the path without its trailing slash
 * where there is such a route, 405 for a known path with another method, else 404. The redirect is absolute and names
 * the scheme that the client used: this is what X-Forwarded-Proto is trusted for (seed, "Overview").
 */
export function answerUnrouted(app: FastifyInstance, paths: readonly string[]): void {
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const bare = path.replace(/\/+$/, '');
    if (paths.includes(path)) {
      return reply.code(405).header('allow', 'GET').send({ detail: 'Method Not Allowed' });
    }
    return paths.includes(bare) ? redirect(bare, request, reply) : reply.code(404).send({ detail: 'Not Found' });
  });
}

function redirect(path: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const scheme = request.protocol === 'https' ? 'https' : 'http';
  const query = request.url.slice(pathOf(request.url).length);
  // X-Forwarded-Host is not looked at, as uvicorn doesn't: the proxy passes the Host it was asked for.
  return reply.redirect(`${scheme}://${request.headers.host ?? ''}${path}${query}`, 307);
}
