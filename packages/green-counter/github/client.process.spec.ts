import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { classify } from '@meho/core/http/transport-error';
import { describe, expect, test } from 'vitest';
import { AnswerCache } from './answer-cache.ts';
import { Github } from './client.ts';
import { nextLink } from './link.ts';
import { against, all, json } from './testing/against.ts';

describe('pages', () => {
  test('are followed by their links, with the token, to the last', async () => {
    await using to = await against((target, response) => {
      const next = `<http://127.0.0.1:${to.port}/api/v3/list?page=2>; rel="next", <http://x/>; rel="last"`;
      json(response, 200, [target], target.includes('page=2') ? {} : { link: next });
    });
    expect(await all(to.github, '/list')).toEqual([['/api/v3/list'], ['/api/v3/list?page=2']]);
    expect(to.asked.map(({ authorization }) => authorization)).toEqual(['Bearer ghs_secret', 'Bearer ghs_secret']);
  });
  test('at another address are not asked for: the token stays here', async () => {
    await using other = await against((_, response) => json(response, 200, []));
    await using to = await against((_, response) =>
      json(response, 200, [], { link: `<http://127.0.0.1:${other.port}/list?page=2>; rel="next"` }),
    );
    await expect(all(to.github, '/list')).rejects.toThrow(/to be at http:\/\/127\.0\.0\.1:\d+; seen a link to/);
    expect(other.asked).toEqual([]);
  });
  test('that go round in circles are an error', async () => {
    await using to = await against((_, response) => json(response, 200, [], { link: '</api/v3/list>; rel="next"' }));
    await expect(all(to.github, '/list')).rejects.toThrow(/come to an end; seen page 1 links back to the first one/);
  });
  test('that come back to one in the middle are an error as well', async () => {
    await using to = await against((target, response) =>
      json(response, 200, [], { link: `</api/v3/list?page=${target.endsWith('page=2') ? '3' : '2'}>; rel="next"` }),
    );
    await expect(all(to.github, '/list')).rejects.toThrow(/come to an end; seen page 3 links back to page 2/);
  });
  test('that never end are an error, and no page is said to come again', async () => {
    await using to = await against((target, response) => {
      const page = Number(new URL(target, 'http://x').searchParams.get('page') ?? 1);
      json(response, 200, [], { link: `</api/v3/list?page=${page + 1}>; rel="next"` });
    });
    await expect(all(to.github, '/list')).rejects.toThrow(/come to an end; seen 1000 pages, and a link to one more;/);
    expect(to.asked).toHaveLength(1000);
  });
});

describe('conditional requests', () => {
  test('a 304 stands for what was answered before, with its link', async () => {
    await using to = await against((target, response, times) => {
      if (times > 0) {
        response.writeHead(304).end();
      } else {
        json(response, 200, [target], {
          etag: '"one"',
          ...(target.includes('page') ? {} : { link: '</api/v3/list?page=2>; rel=next' }),
        });
      }
    });
    const first = await all(to.github, '/list');
    expect(await all(to.github, '/list')).toEqual(first);
    expect(to.asked.map(({ etag }) => etag)).toEqual([undefined, undefined, '"one"', '"one"']);
    expect(to.github.traffic).toEqual({ requests: 4, confirmed: 2 });
  });
  test('a folder keeps answers for the next run, and never the token; what is broken in it is asked for anew', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'answers-'));
    try {
      await using to = await against(
        (_, response, times) =>
          times === 1 ? response.writeHead(304).end() : json(response, 200, { times }, { etag: '"e"' }),
        { cache: new AnswerCache(folder) },
      );
      await to.github.get('/one');
      const [file = ''] = await readdir(folder);
      const stored = path.join(folder, file);
      expect(await readFile(stored, 'utf8')).not.toContain('ghs_secret');
      const cold = (apiUrl: URL) =>
        new Github({
          apiUrl,
          token: 'ghs_secret',
          deadlineMs: 5000,
          rateLimitPatienceMs: 0,
          signal: AbortSignal.timeout(9000),
          cache: new AnswerCache(folder),
        });
      const apiUrl = new URL(`http://127.0.0.1:${to.port}/api/v3`);
      expect(await cold(apiUrl).get('/one')).toEqual({ times: 0 });
      await writeFile(stored, '{"url":');
      expect(await cold(apiUrl).get('/one')).toEqual({ times: 2 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test.each([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'HPE_INVALID_CONSTANT',
  'HPE_HEADER_OVERFLOW',
  'E_UNHEARD_OF',
])('a failure of GitHub (%s) is looked for on the way to GitHub, never in a deployment', (code) => {
  const peer = { host: 'api.github.com', endpoint: 'api.github.com:443', kind: 'github' } as const;
  const { observed, hint } = classify(Object.assign(new Error(code), { code }), peer);
  expect(`${observed}; ${hint}`).not.toMatch(/backplane|ingress|kubeconfig/i);
  expect(hint).not.toBe('');
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['<https://a/?page=2>; rel="next"', 'https://a/?page=2'],
  [
    '<https://a/?page=1>; rel="prev", <https://a/?page=3>; rel="next", <https://a/?page=9>; rel="last"',
    'https://a/?page=3',
  ],
  ['<https://a/?page=9>; rel="last"', undefined],
  ['<https://a/?q=;rel=next>; rel="first"', undefined],
  ['<https://a/?page=2>; rel=next', 'https://a/?page=2'],
  ['<https://a/?page=2>; rel="nextish"', undefined],
])('the next page of %j', (header, target) => {
  expect(nextLink(header)).toBe(target);
});
