import type { ContainerStatus, Pod } from '@meho/kube/api/resource';
import type { Cause, Recogniser } from '../cause.ts';
import { containerStatuses, podName } from '../pods.ts';

export const containerWaiting: Recogniser = ({ pods, namespace }) =>
  pods.flatMap((pod) =>
    containerStatuses(pod).flatMap((status) => {
      const cause = explain(pod, status, namespace);
      return cause === undefined ? [] : [cause];
    }),
  );

function explain(pod: Pod, status: ContainerStatus, namespace: string): Cause | undefined {
  const waiting = status.state?.waiting;
  const object = `Pod ${podName(pod)}, container ${status.name}`;
  const message = waiting?.message ?? '';
  switch (waiting?.reason) {
    case 'CreateContainerConfigError':
      return configError(object, message, namespace);
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ErrImageNeverPull':
    case 'InvalidImageName':
      return {
        id: 'image-not-pulled',
        object,
        expected: `image ${status.image} to be pulled`,
        observed: `${waiting.reason}: ${message}`,
        next: [
          `check image.repository and ${status.image.includes('@') ? 'image.digest, which wins over image.tag' : 'image.tag'}, that the node reaches the registry, and imagePullSecrets`,
          ...(isNumber(status.image)
            ? [
                'a tag of digits has to be in quotes in a values file (0012345 is 5349 without), and given with --set-string',
              ]
            : []),
        ].join('; '),
        // The kubelet retries a registry; two refusals in a row are no hiccup.
        graceMs: waiting.reason === 'ErrImageNeverPull' || waiting.reason === 'InvalidImageName' ? 1000 : 6000,
      };
    case 'CreateContainerError':
    case 'RunContainerError':
      return {
        id: 'container-not-started',
        object,
        expected: 'the container runtime to start it',
        observed: `${waiting.reason}: ${message}`,
        next: `kubectl describe pod ${podName(pod)} --namespace ${namespace}`,
        graceMs: 6000,
      };
    default:
      return undefined;
  }
}

function configError(object: string, message: string, namespace: string): Cause {
  const missing = /(secret|configmap) "([^"]+)" not found/.exec(message);
  if (missing !== null) {
    const kind = missing[1] === 'secret' ? 'Secret' : 'ConfigMap';
    const name = missing[2] ?? '';
    return {
      id: kind === 'Secret' ? 'secret-missing' : 'config-map-missing',
      object,
      expected: `${kind} ${name} in namespace ${namespace}`,
      observed: message,
      next:
        kind === 'Secret'
          ? `create it, or correct the value that names it (postgres.credentialsSecret, extraEnv): kubectl get secret ${name} --namespace ${namespace}`
          : `a pre-install hook runs before the release's own objects: give the hook its own ConfigMap (a hook with a lower weight) or create ${name} first`,
      // External Secrets may still bring a Secret; nobody brings a ConfigMap while a hook blocks Helm.
      graceMs: kind === 'Secret' ? 6000 : 3000,
    };
  }
  const key = /couldn't find key (\S+) in (Secret|ConfigMap) (\S+)/.exec(message);
  return {
    id: key === null ? 'container-config-error' : 'secret-key-missing',
    object,
    expected: key === null ? 'a configuration that resolves' : `key ${key[1]} in ${key[2]} ${key[3]}`,
    observed: message,
    next:
      key === null
        ? 'correct what the message names'
        : `kubectl describe ${key[2]?.toLowerCase()} ${key[3]?.split('/').at(-1)} --namespace ${namespace} lists its keys`,
    graceMs: 6000,
  };
}

/** An unquoted numeric tag, as Helm prints it. A digest of digits alone is none. */
function isNumber(image: string): boolean {
  return /^[^@]*:\d+(\.\d+)?(e\+\d+)?$/.test(image);
}
