import { randomBytes } from 'node:crypto';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ResolvedImage } from '@meho/images/image';
import type { KubeApi } from '@meho/kube/api/api';
import { deleteCreated } from '@meho/kube/api/clean-up';
import { namespaces, type Pod, pods, services } from '@meho/kube/api/resource';

export interface ContractNamespace extends AsyncDisposable {
  readonly name: string;
  /**
   * An HTTP server on 8080; returns when ready.
   * @param command of another image; by default agnhost's `netexec`
   */
  serve(pod: string, image: ResolvedImage, command?: readonly string[]): Promise<void>;
  /** Returns when running; never pulls its image. */
  idle(pod: string, image: ResolvedImage): Promise<void>;
  expose(pod: string, nodePort: number | undefined): Promise<number>;
}

const deadlineMs = 60_000;

export async function contractNamespace(api: KubeApi): Promise<ContractNamespace> {
  const name = `meho-contract-${randomBytes(3).toString('hex')}`;
  const made = await api.create(namespaces, undefined, {
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'meho-acceptance' } },
  });
  const start = async (pod: string, spec: NonNullable<Pod['spec']>) => {
    const object: Pod = { metadata: { name: pod, labels: { app: pod } }, spec };
    // Refused until the default ServiceAccount exists.
    await waitFor(`pod ${pod} to be accepted`, async () => holds(await api.create(pods, name, object)), { deadlineMs });
    await waitFor(`pod ${pod} to be ready`, async () => readiness(await api.get(pods, name, pod)), { deadlineMs });
  };
  return {
    name,
    idle: (pod, image) => start(pod, { ...common, containers: [container(image, ['pause'])] }),
    serve: (pod, image, command) =>
      start(pod, {
        ...common,
        containers: [
          {
            ...container(image, command ? [] : ['netexec', '--http-port=8080']),
            ...(command === undefined ? {} : { command: [...command] }),
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
          },
        ],
      }),
    expose: async (pod, nodePort) => {
      const port = { port: 80, targetPort: 8080, ...(nodePort === undefined ? {} : { nodePort }) };
      const { spec } = await api.create(services, name, {
        metadata: { name: pod },
        spec: { type: 'NodePort', selector: { app: pod }, ports: [port] },
      });
      const given = spec?.ports?.[0]?.nodePort;
      if (given === undefined) {
        throw new Error(`Service ${pod} was given no node port`);
      }
      return given;
    },
    [Symbol.asyncDispose]: () => deleteCreated(api, namespaces, made),
  };
}

const common = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, enableServiceLinks: false };

function container(image: ResolvedImage, args: readonly string[]) {
  return { name: 'agnhost', image: image.reference, imagePullPolicy: 'Never', args };
}

function readiness({ status }: Pod) {
  if (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) {
    return holds(undefined);
  }
  const waiting = status?.containerStatuses?.[0]?.state?.waiting;
  const observed = [status?.phase, waiting?.reason, waiting?.message].filter(Boolean).join(', ');
  return status?.phase === 'Failed' ? never(observed) : notYet(observed);
}
