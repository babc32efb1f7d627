import { createSelfSigned } from '@meho/core/http/testing/self-signed';
import { run } from '@meho/core/process/run';
import { expect, test } from 'vitest';
import { serveStubApi } from '../testing/stub-api-server.ts';

const moduleOf = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

test('whoever has seen enough leaves no timer behind, which the process would wait for before it ends', async () => {
  const certificate = await createSelfSigned('kube');
  await using server = await serveStubApi(certificate, () => undefined);
  // In its own process: the test runner's timers would disturb.
  const script = `
    import { KubeApi } from ${moduleOf('../api/api.ts')};
    import { observe } from ${moduleOf('./observe.ts')};
    import { deployments } from ${moduleOf('../api/resource.ts')};
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    using api = new KubeApi({
      server: new URL('https://127.0.0.1:${server.port}'),
      tls: { ca: [${JSON.stringify(certificate.certificatePem)}], servername: 'kube' },
      identity: { impersonate: {}, credentials: async () => ({ token: 'kube-token' }) },
      description: 'a stub',
    });
    const looks = observe(api, deployments, { namespace: 'meho' }, { signal: new AbortController().signal });
    const { value } = await looks.next();
    const during = timers();
    await looks.return(undefined);
    console.log(JSON.stringify({ value, during, after: timers() }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeoutMs: 10_000 });
  expect(JSON.parse(stdout)).toEqual({ value: [], during: 1, after: 0 });
});
