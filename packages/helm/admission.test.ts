import { describe, expect, it } from 'vitest';
import { admit, podsOfTemplates } from './admission.ts';

describe('podsOfTemplates', () => {
  it('gives each template’s pod, and none for what has no template', () => {
    const labels = { app: 'a' };
    const containers = [{ name: 'a', image: 'a' }];
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { metadata: { labels }, spec: { serviceAccountName: 'a', containers } } },
    };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [] } };
    expect(podsOfTemplates([deployment, service])).toEqual([
      { apiVersion: 'v1', kind: 'Pod', metadata: { labels, name: 'deployment-a' }, spec: { containers } },
    ]);
  });
});

describe('admit', () => {
  it('does not take silence for consent', async () => {
    await expect(admit([], { kubectl: 'false', kubeconfigFile: '', namespace: 'a' })).rejects.toThrow('there are none');
  });
});
