import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runExclusively } from '@meho/core/runs/exclusive';
import { type PinnedModule, pinnedSources } from '../builder/go-program.ts';
import { type PythonWheel, unpackWheel } from '../builder/python-wheel.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from '../builder/workspace.ts';
import { schemasOfDefinition } from './crd-schema.ts';
import type { EnsureToolOptions } from './ensure-tool.ts';

/** The chart's floor, and the newest release. */
export const schemaVersions = ['1.28.0', '1.37.0'] as const;

const schemas: PythonWheel = {
  name: 'kubernetes-validate',
  version: '1.37.0',
  sha256: ['85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9'],
};

/** The chart may render its ExternalSecrets. */
const operator: PinnedModule = {
  module: 'github.com/external-secrets/external-secrets',
  version: 'v1.3.2',
  sum: 'h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=',
};
const definitions = ['config/crds/bases/external-secrets.io_externalsecrets.yaml'] as const;

/** Increase to rebuild. */
const format = 1;
const deadlineMs = 15 * 60_000;

/** Closed schemas, built once per machine: unknown fields are refused. Returns kubeconform's location template. */
export async function ensureKubernetesSchemas(options: Omit<EnsureToolOptions, 'searchPath'>): Promise<string> {
  const { cacheFolder: cache, progress, signal } = options;
  const workspace: Workspace = { recipes: join(import.meta.dirname, '..'), cache, signal };
  const pins = createHash('sha256').update(JSON.stringify([format, schemas, operator, definitions, schemaVersions]));
  const folder = await cachePath(workspace, 'tools', `kubernetes-schemas-${pins.digest('hex').slice(0, 16)}`);
  await runExclusively(`schemas ${folder}`, { deadlineMs, signal }, async () => {
    if (!(await exists(folder))) {
      await progress.step('fetch schemas of Kubernetes', () =>
        inWorkFolder(workspace, async (work) => {
          await makeSchemas(work, workspace, options);
          await putInPlace(join(work, 'schemas'), folder);
        }),
      );
    }
  });
  return `${folder}/{{ .NormalizedKubernetesVersion }}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
}

const definitionsFile = '_definitions.json';
const metadata = { $ref: `${definitionsFile}#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` };

async function makeSchemas(
  work: string,
  workspace: Workspace,
  options: Omit<EnsureToolOptions, 'searchPath'>,
): Promise<void> {
  const [wheel, sources] = await Promise.all([unpackWheel(schemas, work, options), pinnedSources(operator, workspace)]);
  const texts = await Promise.all(definitions.map((file) => readFile(join(sources, file), 'utf8')));
  const custom = texts.flatMap((text) => schemasOfDefinition(text, metadata));
  for (const version of schemaVersions) {
    const from = join(wheel, 'kubernetes_validate', 'kubernetes-json-schema', `v${version}-local-strict`);
    const to = join(work, 'schemas', `v${version}`);
    await mkdir(to, { recursive: true });
    for (const file of await readdir(from)) {
      await writeFile(join(to, file), besideEachOther(await readFile(join(from, file), 'utf8')));
    }
    for (const { file, schema } of custom) {
      await writeFile(join(to, file), JSON.stringify(schema));
    }
  }
}

/** Drops ids with dead addresses, so that references become files of the same folder. */
function besideEachOther(text: string): string {
  const { $id: _address, ...schema }: { readonly $id?: string } = JSON.parse(text);
  return JSON.stringify(schema).replaceAll(`"/api/${definitionsFile}#`, `"${definitionsFile}#`);
}
