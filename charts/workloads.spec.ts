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
});
