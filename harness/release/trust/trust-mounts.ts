import type { KubernetesObject, V1Container, V1PodSpec } from '@kubernetes/client-node';

/** An object that exists before the release: the run's ConfigMap or an operator's. */
export interface TrustSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

export interface TrustMount {
  readonly where: string;
  readonly isHook: boolean;
  /** Mount paths. */
  readonly mountedAt: readonly string[];
  /** Variables that point there. */
  readonly variables: readonly string[];
}

/** How each container of the image uses the source, as rendered. */
export function findTrustMounts(
  objects: readonly KubernetesObject[],
  image: string,
  source: TrustSource,
): readonly TrustMount[] {
  const maps = new Map(objects.flatMap((object) => (object.kind === 'ConfigMap' ? [[nameOf(object), object]] : [])));
  return objects.flatMap((object) => {
    const spec = podSpecOf(object);
    const all = spec === undefined ? [] : [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
    return all
      .filter((container) => container.image === image)
      .map((container): TrustMount => {
        const mountedAt = mountsOf(spec, container, source);
        return {
          where: `${object.kind} ${nameOf(object)}, container ${container.name}`,
          isHook: object.metadata?.annotations?.['helm.sh/hook'] !== undefined,
          mountedAt,
          variables: environmentOf(container, maps)
            .filter(([, value]) => mountedAt.some((place) => value === place || value.startsWith(`${place}/`)))
            .map(([name]) => name),
        };
      });
  });
}

function mountsOf(spec: V1PodSpec | undefined, container: V1Container, source: TrustSource): readonly string[] {
  const volumes = (spec?.volumes ?? []).filter(({ configMap, secret, projected }) => {
    const names =
      source.kind === 'ConfigMap'
        ? [configMap?.name, ...(projected?.sources ?? []).map((each) => each.configMap?.name)]
        : [secret?.secretName, ...(projected?.sources ?? []).map((each) => each.secret?.name)];
    return names.includes(source.name);
  });
  return (container.volumeMounts ?? [])
    .filter(({ name }) => volumes.some((volume) => volume.name === name))
    .map(({ mountPath }) => mountPath.replace(/\/+$/, ''));
}

function environmentOf(
  { env = [], envFrom = [] }: V1Container,
  maps: ReadonlyMap<string, KubernetesObject>,
): readonly (readonly [string, string])[] {
  const fromMaps = envFrom.flatMap(({ configMapRef }) => {
    const map = maps.get(configMapRef?.name ?? '') as { readonly data?: Readonly<Record<string, string>> } | undefined;
    return Object.entries(map?.data ?? {});
  });
  return [...fromMaps, ...env.map(({ name, value }) => [name, value ?? ''] as const)];
}

interface Templated extends KubernetesObject {
  readonly spec?: {
    readonly template?: { readonly spec?: V1PodSpec };
    readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: V1PodSpec } } };
    readonly containers?: V1PodSpec['containers'];
  };
}

export function podSpecOf(object: KubernetesObject): V1PodSpec | undefined {
  const { spec } = object as Templated;
  return (
    spec?.template?.spec ??
    spec?.jobTemplate?.spec?.template?.spec ??
    (object.kind === 'Pod' ? (spec as V1PodSpec | undefined) : undefined)
  );
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata?.name ?? '';
}
