import { fileURLToPath } from 'node:url';
import type { KubernetesObject, V1PodTemplateSpec } from '@kubernetes/client-node';
import { type ChartInput, objectsIn, renderManifest, ValuesError, type Violation } from '@meho/helm/render';
import { CHART_FOLDER } from './chart-folder.ts';
import { HELM } from './helm-program.ts';
import { MINIMAL_VALUES, type Values } from './values.ts';

export const CHART = CHART_FOLDER;
export const OVERLAYS = fileURLToPath(new URL('../values', import.meta.url));

export class Rendered {
  readonly objects: readonly KubernetesObject[];
  /** As helm prints it. */
  readonly manifest: string;

  constructor(manifest: string, chart: string) {
    this.manifest = manifest;
    this.objects = objectsIn(manifest, chart);
  }

  all<T extends KubernetesObject>(kind: string): readonly T[] {
    return this.objects.filter((object) => object.kind === kind) as readonly KubernetesObject[] as readonly T[];
  }

  find<T extends KubernetesObject>(kind: string, name: string): T | undefined {
    return this.all<T>(kind).find(({ metadata }) => metadata?.name === name);
  }

  get<T extends KubernetesObject>(kind: string, name: string): T {
    const object = this.find<T>(kind, name);
    if (object === undefined) {
      throw new Error(`expected ${kind} ${name}; rendered were ${this.names.join(', ')}`);
    }
    return object;
  }

  get templates(): readonly V1PodTemplateSpec[] {
    const templated = this.objects as readonly (KubernetesObject & { spec?: { template?: V1PodTemplateSpec } })[];
    return templated.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template]));
  }

  /** `Kind/name`, sorted. */
  get names(): readonly string[] {
    return this.objects.map(({ kind, metadata }) => `${kind}/${metadata?.name}`).toSorted();
  }
}

const renders = new Map<string, Promise<Rendered>>();

/** Once for the same values: a chart's folder doesn't change while its tests run. */
export function render(values: Values = MINIMAL_VALUES, input: Partial<ChartInput> = {}): Promise<Rendered> {
  const whole = { helm: HELM, chart: CHART, values, ...input };
  const key = JSON.stringify(whole);
  const known = renders.get(key) ?? renderManifest(whole).then((manifest) => new Rendered(manifest, whole.chart));
  renders.set(key, known);
  return known;
}

/** Empty if helm renders the values. */
export async function violationsOf(values: Values, input: Partial<ChartInput> = {}): Promise<readonly Violation[]> {
  try {
    await render(values, input);
    return [];
  } catch (error) {
    if (error instanceof ValuesError) {
      return error.violations;
    }
    throw error;
  }
}

/** Returns JSON pointers. */
export async function refusedPaths(values: Values, input: Partial<ChartInput> = {}): Promise<readonly string[]> {
  const violations = await violationsOf(values, input);
  return [...new Set(violations.map(({ path }) => path))].toSorted();
}
