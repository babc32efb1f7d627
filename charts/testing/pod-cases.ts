import type { V1Container, V1PodSpec, V1PodTemplateSpec, V1SecurityContext } from '@kubernetes/client-node';

export interface PodCase {
  readonly what: string;
  readonly pod: V1PodTemplateSpec;
  /** Words of the refusal; absent if admitted. */
  readonly refused?: string;
  /** Oldest and newest API servers that refuse it; absent: all, from 1.28 on. */
  readonly since?: string;
  readonly until?: string;
}

const own: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 1001,
  seccompProfile: { type: 'RuntimeDefault' },
};
const container: V1Container = { name: 'a', image: 'example.com/a:1', securityContext: own };
const of = (spec: Partial<V1PodSpec>): V1PodTemplateSpec => ({
  metadata: {},
  spec: { containers: [container], ...spec },
});
const having = (change: Partial<V1Container>): V1PodTemplateSpec => of({ containers: [{ ...container, ...change }] });
const withSecurityContext = (change: V1SecurityContext): V1PodTemplateSpec =>
  having({ securityContext: { ...own, ...change } });
const { runAsNonRoot: _nonRoot, runAsUser: _user, seccompProfile: _seccomp, ...unidentified } = own;
const appArmor = 'container.apparmor.security.beta.kubernetes.io/a';

/** The pod's wrong setting is refused although every container overrides it. */
const overridden: readonly PodCase[] = [
  {
    what: 'user 0 of the pod, which its container overrides',
    pod: of({ securityContext: { runAsUser: 0 } }),
    refused: 'runAsUser=0 (pod must not set runAsUser=0)',
  },
  { what: 'a user of the pod', pod: of({ securityContext: { runAsUser: 1 } }) },
  {
    what: 'runAsNonRoot false of the pod, which its container overrides',
    pod: of({ securityContext: { runAsNonRoot: false } }),
    refused: 'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
  },
  { what: 'nothing said by the pod, all by its container', pod: of({}) },
  {
    what: 'seccomp Unconfined of the pod, which its container overrides',
    pod: of({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
    refused: 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
  },
  {
    what: 'a seccomp profile of the node’s',
    pod: of({ securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } } }),
  },
];

const hosts: readonly PodCase[] = [
  ...(['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((probe): readonly PodCase[] => [
    {
      what: `${probe} of another host`,
      pod: having({ [probe]: { httpGet: { host: '10.0.0.1', port: 80 } } }),
      refused: 'probe or lifecycle host (container "a" uses probe or lifecycle host "10.0.0.1")',
      since: '1.34',
    },
    { what: `${probe} of the pod`, pod: having({ [probe]: { httpGet: { port: 80 } } }) },
  ]),
  {
    what: 'a probe of the loopback',
    pod: having({ readinessProbe: { tcpSocket: { host: '127.0.0.1', port: 80 } } }),
    refused: 'probe or lifecycle host (container "a" uses probe or lifecycle host "127.0.0.1")',
    since: '1.34',
  },
  ...(['postStart', 'preStop'] as const).flatMap((hook): readonly PodCase[] => [
    {
      what: `${hook} on the loopback`,
      pod: having({ lifecycle: { [hook]: { httpGet: { host: 'localhost', port: 80 } } } }),
      refused: 'probe or lifecycle host (container "a" uses probe or lifecycle host "localhost")',
      since: '1.34',
    },
    { what: `${hook} by a command`, pod: having({ lifecycle: { [hook]: { exec: { command: ['a'] } } } }) },
  ]),
];

const kernel: readonly PodCase[] = [
  {
    what: 'AppArmor unconfined, for a container',
    pod: withSecurityContext({ appArmorProfile: { type: 'Unconfined' } }),
    refused: 'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
    since: '1.30',
  },
  {
    what: 'AppArmor unconfined, for the pod',
    pod: of({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
    refused: 'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
    since: '1.30',
  },
  {
    // As stored: since 1.30 the API server copies the annotation to the field before its policy checks.
    what: 'AppArmor unconfined, by the annotation of old',
    pod: {
      ...withSecurityContext({ appArmorProfile: { type: 'Unconfined' } }),
      metadata: { annotations: { [appArmor]: 'unconfined' } },
    },
    refused: `${appArmor}="unconfined"`,
  },
  { what: 'AppArmor of the runtime', pod: withSecurityContext({ appArmorProfile: { type: 'RuntimeDefault' } }) },
  {
    what: 'an SELinux type of the system’s',
    pod: withSecurityContext({ seLinuxOptions: { type: 'spc_t' } }),
    refused: 'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "spc_t")',
  },
  {
    what: 'an SELinux user',
    pod: of({ securityContext: { seLinuxOptions: { user: 'system_u' } } }),
    refused: 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: user may not be set)',
  },
  {
    what: 'the SELinux type of engines in containers',
    pod: withSecurityContext({ seLinuxOptions: { type: 'container_engine_t' } }),
    refused: 'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
    until: '1.30',
  },
  { what: 'an SELinux level', pod: withSecurityContext({ seLinuxOptions: { type: 'container_t', level: 's0:c1' } }) },
  {
    what: 'a sysctl that is everybody’s',
    pod: of({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
    refused: 'forbidden sysctls (kernel.msgmax)',
  },
  {
    what: 'a sysctl that later versions took in',
    pod: of({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_keepalive_time', value: '60' }] } }),
    refused: 'forbidden sysctls (net.ipv4.tcp_keepalive_time)',
    until: '1.28',
  },
  {
    what: 'a sysctl of the pod’s own',
    pod: of({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }),
  },
  {
    what: '/proc unmasked',
    pod: of({ hostUsers: false, containers: [{ ...container, securityContext: { ...own, procMount: 'Unmasked' } }] }),
    refused: 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  },
  { what: '/proc as ever', pod: withSecurityContext({ procMount: 'Default' }) },
];

/** Pods that look wrong but are admitted. */
const admitted: readonly PodCase[] = [
  { what: 'port 0 of the host, which is none', pod: having({ ports: [{ containerPort: 80, hostPort: 0 }] }) },
  {
    what: 'Windows, which has neither capabilities nor seccomp',
    pod: of({
      os: { name: 'windows' },
      containers: [{ name: 'a', image: 'example.com/a:1', securityContext: { runAsNonRoot: true } }],
    }),
  },
  {
    what: 'root of a user namespace',
    pod: of({ hostUsers: false, containers: [{ ...container, securityContext: { ...own, runAsUser: 0 } }] }),
    refused: 'runAsUser=0 (container "a" must not set runAsUser=0)',
    until: '1.34',
  },
  {
    what: 'a volume that is an image',
    pod: of({ volumes: [{ name: 'v', image: { reference: 'example.com/v:1' } }] }),
    refused: 'restricted volume types (volume "v" uses restricted volume type "unknown")',
    until: '1.32',
  },
  {
    what: 'the capability to bind low ports',
    pod: withSecurityContext({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
  },
];

const plain: readonly PodCase[] = [
  { what: 'the host’s network', pod: of({ hostNetwork: true }), refused: 'host namespaces (hostNetwork=true)' },
  {
    what: 'a folder of the host',
    pod: of({ volumes: [{ name: 'v', hostPath: { path: '/tmp' } }] }),
    refused: 'volume "v" uses restricted volume type "hostPath"',
  },
  {
    what: 'nobody who says that it is not root',
    pod: having({ securityContext: { ...unidentified, seccompProfile: { type: 'RuntimeDefault' } } }),
    refused: 'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)',
  },
  {
    what: 'no seccomp profile',
    pod: having({ securityContext: { ...unidentified, runAsNonRoot: true } }),
    refused:
      'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  },
  {
    what: 'user 0',
    pod: withSecurityContext({ runAsUser: 0 }),
    refused: 'runAsUser=0 (container "a" must not set runAsUser=0)',
  },
  {
    what: 'more privileges than its parent',
    pod: having({ securityContext: { ...own, allowPrivilegeEscalation: true } }),
    refused:
      'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
  },
  {
    what: 'capabilities that are kept',
    pod: withSecurityContext({ capabilities: {} }),
    refused: 'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
  },
  {
    what: 'a capability that is added',
    pod: withSecurityContext({ capabilities: { drop: ['ALL'], add: ['SYS_TIME'] } }),
    refused: 'container "a" must not include "SYS_TIME" in securityContext.capabilities.add',
  },
  {
    what: 'privileges',
    pod: withSecurityContext({ privileged: true, allowPrivilegeEscalation: true }),
    refused: 'privileged (container "a" must not set securityContext.privileged=true)',
  },
  {
    what: 'a port of the host',
    pod: having({ ports: [{ containerPort: 80, hostPort: 80 }] }),
    refused: 'hostPort (container "a" uses hostPort 80)',
  },
  {
    what: 'the same, in an init container',
    pod: of({ initContainers: [{ ...container, name: 'i', securityContext: { ...own, runAsUser: 0 } }] }),
    refused: 'runAsUser=0 (container "i" must not set runAsUser=0)',
  },
];

export const POD_CASES: readonly PodCase[] = [...overridden, ...hosts, ...kernel, ...admitted, ...plain];

export function refusingServers({ refused, since, until }: PodCase, servers: readonly string[]): readonly string[] {
  const minor = (version: string) => Number(version.split('.')[1]);
  return refused === undefined
    ? []
    : servers.filter(
        (version) =>
          (since === undefined || minor(version) >= minor(since)) &&
          (until === undefined || minor(version) <= minor(until)),
      );
}
