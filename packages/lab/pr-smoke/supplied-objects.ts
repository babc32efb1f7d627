import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import type { KubeApi } from '@meho/kube/api/api';
import { isFields } from '@meho/kube/api/fields';
import { configMaps, type Resource, secrets, serviceAccounts } from '@meho/kube/api/resource';
import { asGoYaml } from '@meho/kube/go-yaml';
import { parseAllDocuments } from 'yaml';

/** Other kinds are the chart's. */
const kinds: readonly Resource<unknown>[] = [secrets, configMaps, serviceAccounts];

export interface SuppliedObject {
  readonly resource: Resource<unknown>;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Returns the objects or what is wrong; never quotes a Secret's values. */
export function readSuppliedObjects(file: string): readonly SuppliedObject[] | string {
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    return `a readable file (${whyUnreadable(error)})`;
  }
  const documents = parseAllDocuments(text, asGoYaml);
  // Parser messages quote the text, perhaps a Secret.
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) {
    return 'a file with YAML documents; it can not be parsed';
  }
  const objects: SuppliedObject[] = [];
  for (const [index, document] of documents.entries()) {
    let body: unknown;
    try {
      body = document.toJS();
    } catch {
      // So do messages about unresolved aliases.
      return `YAML whose aliases lead somewhere, and to less than a hundred times as much, in document ${index + 1}`;
    }
    if (body === null || body === undefined) {
      continue;
    }
    const object = objectOf(body);
    if (typeof object === 'string') {
      return `${object} in document ${index + 1}`;
    }
    objects.push(object);
  }
  return objects.length === 0 ? 'a file with at least one object' : objects;
}

function objectOf(body: unknown): SuppliedObject | string {
  const known = kinds.map(({ kind }) => kind).join(', ');
  if (!isFields(body)) {
    return `an object of kind ${known}`;
  }
  const resource = kinds.find(({ kind, apiVersion }) => kind === body['kind'] && apiVersion === body['apiVersion']);
  const metadata = isFields(body['metadata']) ? body['metadata'] : {};
  if (resource === undefined) {
    return `an object of kind ${known} and apiVersion v1`;
  }
  if (metadata['namespace'] !== undefined) {
    return 'an object without a namespace: it goes into the one of the release';
  }
  return typeof metadata['name'] === 'string' ? { resource, name: metadata['name'], body } : 'an object with a name';
}

export interface SupplyOptions {
  /** Added to the objects' own. */
  readonly labels: Readonly<Record<string, string>>;
  readonly release: string;
  readonly signal?: AbortSignal;
}

/**
 * Creates them in a new namespace. Helm adopts those that the chart has too: hooks may need them early, e.g. the
 * ServiceAccount.
 */
export async function createSuppliedObjects(
  api: KubeApi,
  namespace: string,
  objects: readonly SuppliedObject[],
  { labels, release, signal }: SupplyOptions,
): Promise<void> {
  await Promise.all(
    objects.map(({ resource, body }) => {
      const metadata = isFields(body['metadata']) ? body['metadata'] : {};
      const own = isFields(metadata['labels']) ? metadata['labels'] : {};
      const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {};
      const object = {
        ...body,
        metadata: {
          ...metadata,
          namespace,
          labels: { 'app.kubernetes.io/managed-by': 'Helm', ...own, ...labels },
          annotations: {
            'meta.helm.sh/release-name': release,
            'meta.helm.sh/release-namespace': namespace,
            ...annotations,
          },
        },
      };
      return api.create(resource, namespace, object, signal === undefined ? {} : { signal });
    }),
  );
}

export function secretValuesOf(objects: readonly SuppliedObject[]): readonly string[] {
  return objects
    .filter(({ resource }) => resource === secrets)
    .flatMap(({ body }) => {
      const texts = (member: string) =>
        Object.values(isFields(body[member]) ? body[member] : {}).filter((value) => typeof value === 'string');
      return [...texts('stringData'), ...texts('data').map((value) => Buffer.from(value, 'base64').toString('utf8'))];
    });
}
