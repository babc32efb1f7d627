import { describe, expect, it } from 'vitest';
import { render } from './testing/chart.ts';
import { environmentOf, podsOf } from './testing/pods.ts';
import { MINIMAL_VALUES } from './testing/values.ts';

describe('the trust bundle', () => {
  it.each([
    ['configMapName', { configMap: { name: 'lab-ca', items: [{ key: 'lab.pem', path: 'lab.pem' }] } }],
    ['secretName', { secret: { secretName: 'lab-ca', items: [{ key: 'lab.pem', path: 'lab.pem' }] } }],
  ])('is mounted and pointed at in backplane and migration alike: %s', async (source, volume) => {
    const trustBundle = { [source]: 'lab-ca', key: 'lab.pem', mountPath: '/etc/lab' };
    const pods = podsOf(await render({ ...MINIMAL_VALUES, trustBundle }));
    for (const pod of [pods.backplane, pods.migrate]) {
      expect(pod.volumes).toContainEqual({ name: 'trust-bundle', ...volume });
      expect(pod.container.volumeMounts).toContainEqual({
        name: 'trust-bundle',
        mountPath: '/etc/lab',
        readOnly: true,
      });
      for (const name of ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']) {
        expect(environmentOf(pod.container, name), name).toBe('/etc/lab/lab.pem');
      }
    }
  });

  it('is nowhere unless it is given', async () => {
    const pods = podsOf(await render());
    for (const pod of [pods.backplane, pods.migrate]) {
      expect(pod.volumes?.map(({ name }) => name)).toEqual(['tmp']);
      expect(pod.container.env?.map(({ name }) => name)).not.toContain('SSL_CERT_FILE');
    }
  });
});
