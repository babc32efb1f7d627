import { TransportError } from '../http/transport-error.ts';
import type { KubeApi } from './api.ts';
import { KubeError } from './kube-error.ts';
import { NotKubernetes } from './not-kubernetes.ts';
import { ingressClasses } from './resource.ts';

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';
/** Helm writes it on everything that it installs, and so do the controllers that k3s and RKE2 bring along. */
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';

/** What a cluster has to serve Ingresses with. */
export interface FoundIngress {
  /** The class that was asked for, the one that is marked default, or the only one. */
  readonly className?: string;
  /** Where its controller runs. */
  readonly namespace?: string;
  /** What was taken, or why nothing was, for whoever watches. */
  readonly said: string;
}

/** Looks for the IngressClass and for its controller's namespace. Reads only; what can't be read is said. */
export async function findIngress(
  api: Pick<KubeApi, 'list'>,
  { className, signal }: { readonly className?: string | undefined; readonly signal: AbortSignal },
): Promise<FoundIngress> {
  let classes: readonly ClassLike[];
  try {
    classes = (await api.list(ingressClasses, {}, { signal })).items;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KubeError || error instanceof TransportError || error instanceof NotKubernetes) {
      return { said: `IngressClasses can't be read, so that the values decide: ${error.message}` };
    }
    throw error;
  }
  const found = chosen(classes, className);
  const name = found?.item.metadata?.name;
  if (found === undefined || name === undefined) {
    const names = classes.map(({ metadata }) => metadata?.name).join(', ') || 'none';
    const wanted = className === undefined ? 'one marked default' : `one called ${className}`;
    return { said: `no IngressClass is taken: expected ${wanted}, the cluster has ${names}` };
  }
  const namespace = found.item.metadata?.annotations?.[RELEASE_NAMESPACE];
  const where =
    namespace === undefined
      ? 'whose controller was not installed by helm, so that the values say its namespace'
      : `with its controller in ${namespace}`;
  return {
    className: name,
    ...(namespace === undefined ? {} : { namespace }),
    said: `IngressClass ${name} (${found.because}), ${where}`,
  };
}

interface ClassLike {
  readonly metadata?: {
    readonly name?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string | Date;
  };
}

function chosen(
  classes: readonly ClassLike[],
  wanted: string | undefined,
): { readonly item: ClassLike; readonly because: string } | undefined {
  if (wanted !== undefined) {
    const item = classes.find(({ metadata }) => metadata?.name === wanted);
    return item === undefined ? undefined : { item, because: 'as asked for' };
  }
  // Of several the API server takes the newest, too.
  const [marked] = classes
    .filter(({ metadata }) => metadata?.annotations?.[DEFAULT] === 'true')
    .toSorted((a, b) => madeAt(b) - madeAt(a));
  if (marked !== undefined) {
    return { item: marked, because: 'marked default' };
  }
  const [only] = classes;
  return only === undefined || classes.length > 1 ? undefined : { item: only, because: 'the only one' };
}

function madeAt({ metadata }: ClassLike): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}
