import { setTimeout as delay } from 'node:timers/promises';
import { type KeyPair, serveHttps } from '@meho/core/http/testing/local-server';
import { createSelfSigned } from '@meho/core/http/testing/self-signed';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { beforeAll, expect, test } from 'vitest';
import { type SteadyLoad, startLoad } from './steady-load.ts';

const host = 'meho.example.com';
let certificate: KeyPair;

beforeAll(async () => {
  certificate = await createSelfSigned(host);
});

function loadOn(port: number, more: Partial<SteadyLoad> = {}): SteadyLoad {
  return {
    origin: new URL(`https://${host}`),
    connectTo: { host: '127.0.0.1', port },
    ca: [certificate.certificatePem],
    path: '/api/v1/health/live',
    headers: { authorization: 'Bearer t' },
    ratePerSecond: 100,
    deadlineMs: 8_000,
    ...more,
  };
}

test('asks at its rate over kept connections, each request under an id of its own', async () => {
  const seen: (string | undefined)[] = [];
  const sockets = new Set<object>();
  await using server = await serveHttps(certificate, ({ headers, socket }, response) => {
    sockets.add(socket);
    seen.push(`${headers.host} ${headers.authorization} ${headers['x-request-id']}`);
    response.end('{}');
  });
  const load = startLoad(loadOn(server.port), 'only');
  await waitFor('some requests', async () => (seen.length >= 10 ? holds(undefined) : notYet(`${seen.length}`)), {
    deadlineMs: 8_000,
    intervalMs: 5,
  });
  const report = (await load.stop()).get('only');
  expect(report?.requests).toBe(seen.length);
  expect(report?.failures).toEqual([]);
  expect(new Set(report?.answered).size).toBe(seen.length);
  expect(seen.toSorted()).toEqual(report?.answered.map((id) => `${host} Bearer t ${id}`).toSorted());
  expect(sockets.size).toBeLessThan(seen.length);
});

test('a request that is refused, cut off or never answered is a failure with its reason, and nothing is sent again', async () => {
  const outcomes = ['503', 'cut', 'silent', 'ok'];
  let asked = 0;
  await using server = await serveHttps(certificate, (_, response) => {
    const outcome = outcomes[asked];
    asked += 1;
    if (outcome === '503') {
      response.writeHead(503).end('away');
    } else if (outcome === 'cut') {
      response.destroy();
    } else if (outcome !== 'silent') {
      response.end();
    }
  });
  const load = startLoad(loadOn(server.port, { deadlineMs: 3_000, ratePerSecond: 10 }), 'only');
  await waitFor('all outcomes', async () => (asked >= outcomes.length ? holds(undefined) : notYet(`${asked}`)), {
    deadlineMs: 8_000,
    intervalMs: 5,
  });
  const report = (await load.stop()).get('only');
  expect(report?.requests).toBe(asked);
  const reasons = report?.failures.map(({ why }) => why) ?? [];
  expect(reasons).toHaveLength(3);
  expect(reasons).toContain('503 away');
  expect(reasons.join('\n')).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
  expect(reasons.join('\n')).toMatch(/TimeoutError|UND_ERR/);
});

test('a server that is away for a while is a gap, in the phase in which it was', async () => {
  let away = false;
  await using server = await serveHttps(certificate, (_, response) => {
    response.writeHead(away ? 503 : 200).end();
  });
  const load = startLoad(loadOn(server.port), 'before');
  await delay(150);
  load.phase('away');
  away = true;
  await delay(250);
  away = false;
  await delay(150);
  const reports = await load.stop();
  const [before, outage] = [reports.get('before'), reports.get('away')];
  expect(before?.requests).toBeGreaterThan(0);
  expect(outage?.failures.length).toBeGreaterThan(0);
  expect(outage?.longestGapMs).toBeGreaterThan(200);
});

test('another name in the certificate is a failure: nothing is taken for the backplane that is not', async () => {
  await using server = await serveHttps(await createSelfSigned('other.example.com'), (_, response) => {
    response.end();
  });
  const load = startLoad(loadOn(server.port), 'only');
  await delay(50);
  const report = (await load.stop()).get('only');
  expect(report?.requests).toBeGreaterThan(0);
  expect(report?.answered).toEqual([]);
});
