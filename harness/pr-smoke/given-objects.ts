import { parseAllDocuments } from 'yaml';
import { readBoundedText } from '../bounded-file.ts';
import type { KubeApi } from '../kube/api.ts';
import { isFields } from '../kube/fields.ts';
import { asGoYaml } from '../kube/go-yaml.ts';
import { configMaps, type Resource, secrets, serviceAccounts } from '../kube/resource.ts';

/** What a release may need in its namespace before it is installed. More would be the chart's. */
const kinds: readonly Resource<unknown>[] = [secrets, configMaps, serviceAccounts];

export interface GivenObject {
  readonly resource: Resource<unknown>;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The objects of a YAML file, or what is wrong with it; a Secret's values are never quoted. */
export function readGivenObjects(file: string): readonly GivenObject[] | string {
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    return `a readable file (${error instanceof Error && 'code' in error ? error.code : 'it can not be opened'})`;
  }
  const documents = parseAllDocuments(text, asGoYaml);
  // The parser's own message quotes the text, which may be a Secret.
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) {
    return 'a file with YAML documents; it can not be parsed';
  }
  const objects: GivenObject[] = [];
  for (const [index, document] of documents.entries()) {
    let body: unknown;
    try {
      body = document.toJS();
    } catch {
      // So does what it says of an alias that leads nowhere.
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

function objectOf(body: unknown): GivenObject | string {
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

export interface GivenTo {
  /** The run's, besides their own. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the Helm release that they are there for. */
  readonly release: string;
  readonly signal?: AbortSignal;
}

/**
 * Creates them in a namespace that is new. Helm takes over one that the chart has as well: its hooks may need what only
 * comes after them, e.g. the ServiceAccount.
 */
export async function createGivenObjects(
  api: KubeApi,
  namespace: string,
  objects: readonly GivenObject[],
  { labels, release, signal }: GivenTo,
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

/** The values of Secrets among them, for redaction. */
export function secretValuesOf(objects: readonly GivenObject[]): readonly string[] {
  return objects
    .filter(({ resource }) => resource === secrets)
    .flatMap(({ body }) => {
      const texts = (member: string) =>
        Object.values(isFields(body[member]) ? body[member] : {}).filter((value) => typeof value === 'string');
      return [...texts('stringData'), ...texts('data').map((value) => Buffer.from(value, 'base64').toString('utf8'))];
    });
}
