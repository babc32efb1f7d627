import { expect, test } from 'vitest';
import { createSelfSigned } from '../http/testing/self-signed.ts';
import { KubeApi } from './api.ts';
import { observe } from './observe.ts';
import { deployments } from './resource.ts';
import { serveStubApi } from './testing/stub-api-server.ts';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

test('whoever has seen enough leaves no timer behind, which the process would wait for before it ends', async () => {
  const certificate = await createSelfSigned('kube');
  await using server = await serveStubApi(certificate, () => undefined);
  using api = new KubeApi({
    server: new URL(`https://127.0.0.1:${server.port}`),
    tls: { ca: [certificate.certificatePem], servername: 'kube' },
    identity: { impersonate: {}, credentials: async () => ({ token: 'kube-token' }) },
    description: 'a stub',
  });
  const before = timers();
  const looks = observe(api, deployments, { namespace: 'meho' }, { signal: new AbortController().signal });
  const { value } = await looks.next();
  expect(value).toEqual([]);
  expect(timers()).toBe(before + 1);
  await looks.return(undefined);
  expect(timers()).toBe(before);
});
