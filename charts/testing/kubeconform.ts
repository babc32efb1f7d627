import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { ensureKubernetesSchemas, type schemaVersions } from '@meho/images/tools/kubernetes-schemas';
import { terminal } from './terminal.ts';

export { schemaVersions } from '@meho/images/tools/kubernetes-schemas';
export type SchemaVersion = (typeof schemaVersions)[number];

export interface Conformity {
  /** `Kind/name`, sorted. */
  readonly valid: readonly string[];
  /** One line per invalid or skipped object. */
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

/** Drops the places that lead to the wrong one. */
function reason({ status, msg }: Resource): string {
  const [first = '', ...places] = msg.split(/\s+- (?=at ')/);
  const wrong = places.filter((place) => !place.trim().endsWith('validation failed'));
  return wrong.join('; ') || first || status;
}
