import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

/** Volumes that the `restricted` PodSecurity level takes. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * What the `restricted` level of the Pod Security Standards has against a pod, one sentence each; none when it is
 * admitted. The API server has the last word: this says it without one, and says which field.
 */
export function againstRestricted(pod: V1PodSpec): readonly string[] {
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  return [...againstPod(pod), ...containers.flatMap((container) => againstContainer(pod, container))];
}

function againstPod(pod: V1PodSpec): readonly string[] {
  const host = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => pod[field] === true);
  const volumes = (pod.volumes ?? []).flatMap(({ name, ...source }) =>
    Object.keys(source)
      .filter((kind) => !VOLUMES.includes(kind))
      .map((kind) => `volume ${name} is a ${kind}`),
  );
  return [...host.map((field) => `${field} is true`), ...volumes];
}

function againstContainer(pod: V1PodSpec, container: V1Container): readonly string[] {
  const { name, securityContext: own, ports } = container;
  const runAsNonRoot = own?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot;
  const user = own?.runAsUser ?? pod.securityContext?.runAsUser;
  const profile = own?.seccompProfile?.type ?? pod.securityContext?.seccompProfile?.type;
  const added = (own?.capabilities?.add ?? []).filter((capability) => capability !== 'NET_BIND_SERVICE');
  const found: [boolean, string][] = [
    [own?.privileged === true, 'is privileged'],
    [own?.allowPrivilegeEscalation !== false, 'may gain privileges'],
    [own?.capabilities?.drop?.includes('ALL') !== true, 'keeps capabilities'],
    [added.length > 0, `adds ${added.join(', ')}`],
    [runAsNonRoot !== true, 'may run as root'],
    [user === 0, 'runs as user 0'],
    [profile !== 'RuntimeDefault' && profile !== 'Localhost', 'has no seccomp profile'],
    [(ports ?? []).some(({ hostPort }) => hostPort !== undefined), 'takes a port of the host'],
  ];
  return found.filter(([is]) => is).map(([, what]) => `container ${name} ${what}`);
}
