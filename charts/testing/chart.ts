import { fileURLToPath } from 'node:url';
import type { KubernetesObject, V1PodTemplateSpec } from '@kubernetes/client-node';
import { type ChartInput, objectsIn, renderManifest, ValuesError, type Violation } from '../../harness/helm/render.ts';
import { HELM } from './helm-program.ts';
import { MINIMAL_VALUES, type Values } from './values.ts';

/** The chart under test. */
export const CHART = fileURLToPath(new URL('../meho', import.meta.url));
export const OVERLAYS = fileURLToPath(new URL('../values', import.meta.url));

/** What a render gave, with its objects by kind and name. */
export class Rendered {
  readonly objects: readonly KubernetesObject[];
  /** The same as helm prints it. */
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

  /** What pods are made of. */
  get templates(): readonly V1PodTemplateSpec[] {
    const templated = this.objects as readonly (KubernetesObject & { spec?: { template?: V1PodTemplateSpec } })[];
    return templated.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template]));
  }

  /** `Kind/name` of every object, sorted. */
  get names(): readonly string[] {
    return this.objects.map(({ kind, metadata }) => `${kind}/${metadata?.name}`).toSorted();
  }
}

/** Renders the chart as release `meho`, with the documented overrides unless `values` are given. */
export async function render(values: Values = MINIMAL_VALUES, input: Partial<ChartInput> = {}): Promise<Rendered> {
  const whole = { helm: HELM, chart: CHART, values, ...input };
  return new Rendered(await renderManifest(whole), whole.chart);
}

/** What helm says against the values; an empty list when it renders them. */
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

/** The pointers of the same, each once, sorted. */
export async function refusedPaths(values: Values, input: Partial<ChartInput> = {}): Promise<readonly string[]> {
  const violations = await violationsOf(values, input);
  return [...new Set(violations.map(({ path }) => path))].toSorted();
}
