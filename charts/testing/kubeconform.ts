import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../harness/config.ts';
import { ensureTool } from '../../harness/images/tools/ensure-tool.ts';
import { ensureKubernetesSchemas, type schemaVersions } from '../../harness/images/tools/kubernetes-schemas.ts';
import { run } from '../../harness/process/run.ts';
import { terminal } from './terminal.ts';

export { schemaVersions } from '../../harness/images/tools/kubernetes-schemas.ts';
export type SchemaVersion = (typeof schemaVersions)[number];

/** What kubeconform made of a manifest. */
export interface Conformity {
  /** `Kind/name` of each object that it found valid, sorted. */
  readonly valid: readonly string[];
  /** What it has against the others, one line each: an object that is skipped is one of them. */
  readonly against: readonly string[];
}

interface Resource {
  readonly filename: string;
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  readonly msg: string;
}

const { cacheFolder, path: searchPath } = readSettings();
const { signal } = new AbortController();
const kubeconform = (await ensureTool('kubeconform', { searchPath, cacheFolder, progress: terminal, signal })).path;
const schemas = await ensureKubernetesSchemas({ cacheFolder, progress: terminal, signal });

/** Asks kubeconform, strictly, about manifests against the API of a version of Kubernetes. */
export async function conformityOf(
  manifests: readonly string[],
  version: SchemaVersion,
): Promise<readonly Conformity[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeconform-'));
  try {
    const files = manifests.map((_, index) => join(folder, `${index}.yaml`));
    await Promise.all(files.map((file, index) => writeFile(file, manifests[index] ?? '')));
    const args = ['-strict', '-kubernetes-version', version, '-schema-location', schemas];
    const { stdout } = await run(kubeconform, [...args, '-verbose', '-output', 'json', ...files], {
      timeoutMs: 60_000,
      acceptExitCodes: [1],
    });
    const { resources }: { readonly resources: readonly Resource[] } = JSON.parse(stdout);
    return files.map((file) => conformity(resources.filter(({ filename }) => filename === file)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function conformity(resources: readonly Resource[]): Conformity {
  const objects = resources.filter(({ kind, status }) => kind !== '' || status !== '');
  const isValid = ({ status }: Resource) => status === 'statusValid';
  return {
    valid: objects.filter(isValid).map(nameOf).toSorted(),
    against: objects.filter((object) => !isValid(object)).map((object) => `${nameOf(object)}: ${reason(object)}`),
  };
}

const nameOf = ({ kind, name }: Resource): string => `${kind}/${name}`;

/** Its message names every place on the way to the wrong one: only the wrong ones are told. */
function reason({ status, msg }: Resource): string {
  const [first = '', ...places] = msg.split(/\s+- (?=at ')/);
  const wrong = places.filter((place) => !place.trim().endsWith('validation failed'));
  return wrong.join('; ') || first || status;
}
