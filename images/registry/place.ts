import { builtPrefix, type PlannedImage } from '../plan.ts';

/** Where MEHO_REGISTRY has what another registry publishes: below the same path, without that registry's host. */
export function mirroredIn(prefix: string, reference: string): string {
  const host = hostIn(reference);
  return `${prefix}/${host === undefined ? reference : reference.slice(host.length + 1)}`;
}

/** Where MEHO_REGISTRY has what was built: under the recipe's hash, as in the engine. */
export function builtIn(prefix: string, builtReference: string): string {
  return `${prefix}/${builtReference.slice(builtPrefix.length)}`;
}

/**
 * Where a registry may have an image, the first that does counts.
 *
 * @param prefix MEHO_REGISTRY, e.g. `registry.example.com/meho`: then nothing comes from anywhere else
 */
export function placesOf(
  { registry, builtReference }: Pick<PlannedImage, 'registry' | 'builtReference'>,
  prefix: string | undefined,
): readonly string[] {
  if (prefix === undefined) {
    return registry === undefined ? [] : [registry];
  }
  const mirrored = registry === undefined ? [] : [mirroredIn(prefix, registry)];
  return [...mirrored, builtIn(prefix, builtReference)];
}

/** Defaults to Docker Hub. */
export function registryOf(reference: string): string {
  return hostIn(reference) ?? 'docker.io';
}

/** As Docker tells a host from the first part of a path. */
function hostIn(reference: string): string | undefined {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
}
