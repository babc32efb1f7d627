import type { ServerResponse } from 'node:http';
import { serveHttp } from '@meho/core/http/testing/local-server';
import { Github, type GithubOptions } from '../client.ts';

type Answer = (target: string, response: ServerResponse, times: number) => void;

export async function against(answer: Answer, options: Partial<GithubOptions> = {}) {
  const asked: { target: string; authorization: string | undefined; etag: string | undefined }[] = [];
  const server = await serveHttp((request, response) => {
    const target = request.url ?? '';
    const times = asked.filter((entry) => entry.target === target).length;
    asked.push({ target, authorization: request.headers.authorization, etag: request.headers['if-none-match'] });
    answer(target, response, times);
  });
  const waits: string[] = [];
  const github = new Github({
    apiUrl: new URL(`http://127.0.0.1:${server.port}/api/v3`),
    token: 'ghs_secret',
    deadlineMs: 5000,
    rateLimitPatienceMs: 3000,
    signal: AbortSignal.timeout(30_000),
    onWait: (line) => waits.push(line),
    ...options,
  });
  return {
    github,
    asked,
    waits,
    port: server.port,
    async [Symbol.asyncDispose]() {
      github[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
export const all = async (github: Github, target: string) => Array.fromAsync(github.pages(target));
