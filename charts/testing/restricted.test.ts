import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { againstRestricted } from './restricted.ts';

const container: V1Container = {
  name: 'a',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const pod: V1PodSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 1001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
  volumes: [{ name: 'tmp', emptyDir: {} }],
};
const withContainer = (change: Partial<V1Container>): V1PodSpec => ({
  ...pod,
  containers: [{ ...container, ...change }],
});

describe('againstRestricted', () => {
  it('has nothing against a pod that gives everything up', () => {
    expect(againstRestricted(pod)).toEqual([]);
  });

  it.each<[string, V1PodSpec]>([
    ['hostNetwork is true', { ...pod, hostNetwork: true }],
    ['volume tmp is a hostPath', { ...pod, volumes: [{ name: 'tmp', hostPath: { path: '/tmp' } }] }],
    ['container a may run as root', { ...pod, securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }],
    ['container a has no seccomp profile', { ...pod, securityContext: { runAsNonRoot: true } }],
    [
      'container a has no seccomp profile',
      { ...pod, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } },
    ],
    [
      'container a runs as user 0',
      { ...pod, securityContext: { runAsNonRoot: true, runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } } },
    ],
    ['container a may gain privileges', withContainer({ securityContext: { capabilities: { drop: ['ALL'] } } })],
    ['container a keeps capabilities', withContainer({ securityContext: { allowPrivilegeEscalation: false } })],
    [
      'container a adds NET_RAW',
      withContainer({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_RAW'] } },
      }),
    ],
    [
      'container a is privileged',
      withContainer({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: true },
      }),
    ],
    ['container a takes a port of the host', withContainer({ ports: [{ containerPort: 1, hostPort: 1 }] })],
  ])('says %s', (what, faulty) => {
    expect(againstRestricted(faulty)).toEqual([what]);
  });
});
