import { TransportError } from '@meho/core/http/transport-error';
import type { KubeApi } from '../api/api.ts';
import { KubeError } from '../api/kube-error.ts';
import { NotKubernetes } from '../api/not-kubernetes.ts';
import { ingressClasses } from '../api/resource.ts';

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';
/** Set by Helm, also for the controllers of k3s and RKE2. */
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';

export interface FoundIngress {
  /** Requested, default, or the only one. */
  readonly className?: string;
  /** The controller's. */
  readonly namespace?: string;
  /** What was chosen, or why nothing was. */
  readonly said: string;
}

/** Reads only, and reports what it can't read. */
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
  const found = chooseClass(classes, className);
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

function chooseClass(
  classes: readonly ClassLike[],
  wanted: string | undefined,
): { readonly item: ClassLike; readonly because: string } | undefined {
  if (wanted !== undefined) {
    const item = classes.find(({ metadata }) => metadata?.name === wanted);
    return item === undefined ? undefined : { item, because: 'as asked for' };
  }
  // The newest, as the API server chooses.
  const [marked] = classes
    .filter(({ metadata }) => metadata?.annotations?.[DEFAULT] === 'true')
    .toSorted((a, b) => creationTime(b) - creationTime(a));
  if (marked !== undefined) {
    return { item: marked, because: 'marked default' };
  }
  const [only] = classes;
  return only === undefined || classes.length > 1 ? undefined : { item: only, because: 'the only one' };
}

function creationTime({ metadata }: ClassLike): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}
