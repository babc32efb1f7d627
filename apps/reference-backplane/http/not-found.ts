import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './with-audit.ts';

/**
 * Like the original's framework: 307 to the path without its trailing slash if that exists, 405 for a wrong method,
 * else 404. The redirect has the client's scheme, for which X-Forwarded-Proto is trusted (seed, "Overview").
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
  // Like uvicorn, ignores X-Forwarded-Host: the proxy passes the original Host.
  return reply.redirect(`${scheme}://${request.headers.host ?? ''}${path}${query}`, 307);
}
