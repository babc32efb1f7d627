import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { render } from './testing/chart.ts';
import { podsOf } from './testing/pods.ts';
import { MINIMAL_VALUES } from './testing/values.ts';

describe('every pod', () => {
  it.each(['backplane', 'migrate', 'broadcast'] as const)('gets no more than it needs: %s', async (name) => {
    const pod = podsOf(await render({ ...MINIMAL_VALUES, trustBundle: { secretName: 'lab-ca' } }))[name];
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext?.runAsUser).toBeTypeOf('number');
    expect(pod.container.securityContext?.readOnlyRootFilesystem).toBe(true);
    expect(pod.container.resources?.requests).toHaveProperty('cpu');
    expect(pod.container.resources?.limits).toHaveProperty('memory');
  });

  it.each(['backplane', 'migrate'] as const)('runs as the image’s user with a writable /tmp: %s', async (name) => {
    const pod = podsOf(await render())[name];
    expect(pod.securityContext?.runAsUser).toBe(1001);
    expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: {} });
    expect(pod.container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
  });

  it.each(['backplane', 'migrate', 'broadcast'] as const)(
    'knows nothing of its neighbours and leaves its last words: %s',
    async (name) => {
      const pod = podsOf(await render())[name];
      expect(pod.enableServiceLinks).toBe(false);
      expect(pod.container.terminationMessagePolicy).toBe('FallbackToLogsOnError');
    },
  );

  it('is pulled, and has what it may use, as the operator says', async () => {
    const pulled = (repository: string, secret: string, cpu: string) => ({
      image: { repository, tag: 'v1', pullPolicy: 'Always' },
      imagePullSecrets: [{ name: secret }],
      resources: { requests: { cpu, memory: '1Mi' }, limits: { cpu, memory: '2Mi' } },
    });
    const own = pulled('mirror.test/meho', 'one', '1m');
    const broadcast = pulled('mirror.test/valkey', 'other', '2m');
    const pods = podsOf(await render({ ...MINIMAL_VALUES, ...own, broadcast }));
    for (const [pod, said] of [
      [pods.backplane, own],
      [pods.migrate, own],
      [pods.broadcast, broadcast],
    ] as const) {
      expect(pod.container.image).toBe(`${said.image.repository}:v1`);
      expect(pod.container.imagePullPolicy).toBe('Always');
      expect(pod.imagePullSecrets).toEqual(said.imagePullSecrets);
      expect(pod.container.resources).toEqual(said.resources);
    }
  });

  it.each(['meho', 'meho-broadcast'])('of Deployment and Service %s is selected by both', async (name) => {
    const chart = await render();
    const { spec } = chart.get<V1Deployment>('Deployment', name);
    const selectors = [spec?.selector.matchLabels, chart.get<V1Service>('Service', name).spec?.selector];
    for (const selector of selectors) {
      expect(spec?.template.metadata?.labels).toMatchObject(selector ?? { none: 'x' });
    }
  });
});
