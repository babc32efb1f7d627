/** What an identity must be allowed for a call, in kubectl's words. */
export interface AskedRight {
  readonly verb: string;
  /** E.g. `deployments.apps` or `pods/log`. */
  readonly resource: string;
  /** Absent for what belongs to no namespace. */
  readonly namespace: string | undefined;
}

const verbs = new Map([
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
  ['watch', 'watch'],
]);
const resourcePath =
  /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+)(?:\/(.+))?)?$/;

/** @returns undefined for a path without a resource, e.g. /version */
export function askedRight(method: string, path: string): AskedRight | undefined {
  const [, group, namespace, resource, name, part] = resourcePath.exec(path.split('?', 1)[0] ?? '') ?? [];
  if (resource === undefined) {
    return undefined;
  }
  const verb = verbs.get(method) ?? (name === undefined ? 'list' : 'get');
  const whole = group === undefined ? resource : `${resource}.${group}`;
  return { verb, resource: part === undefined ? whole : `${whole}/${part}`, namespace };
}

/** E.g. `kubectl -n meho auth can-i list deployments.apps`. */
export function canI({ verb, resource, namespace }: AskedRight): string {
  const [whole, part] = resource.split('/', 2);
  const subresource = part === undefined ? '' : ` --subresource=${part}`;
  return `kubectl${namespace === undefined ? '' : ` -n ${namespace}`} auth can-i ${verb} ${whole}${subresource}`;
}
