/**
 * containerd spells out registry, path and tag: `valkey/valkey:9.0-alpine` is `docker.io/valkey/valkey:9.0-alpine`, and
 * a missing tag is `latest`.
 */
export function containerdName(reference: string): string {
  const [name = reference, digest] = reference.split('@');
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasRegistry = first === 'localhost' || first.includes('.') || first.includes(':');
  const path = hasRegistry ? name : slash === -1 ? `docker.io/library/${name}` : `docker.io/${name}`;
  if (digest !== undefined) {
    return `${withoutTag(path)}@${digest}`;
  }
  return hasTag(path) ? path : `${path}:latest`;
}

function hasTag(path: string): boolean {
  return path.lastIndexOf(':') > path.lastIndexOf('/');
}

function withoutTag(path: string): string {
  return hasTag(path) ? path.slice(0, path.lastIndexOf(':')) : path;
}
