import { fileURLToPath } from 'node:url';
import type { KubernetesObject } from '@kubernetes/client-node';
import { type ChartInput, renderChart, ValuesError, type Violation } from '../../harness/helm/render.ts';
import { HELM } from './helm-program.ts';
import { MINIMAL_VALUES, type Values } from './values.ts';

/** The chart under test. */
export const CHART = fileURLToPath(new URL('../meho', import.meta.url));
export const OVERLAYS = fileURLToPath(new URL('../values', import.meta.url));

/** What a render gave, with its objects by kind and name. */
export class Rendered {
  readonly objects: readonly KubernetesObject[];

  constructor(objects: readonly KubernetesObject[]) {
    this.objects = objects;
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

  /** `Kind/name` of every object, sorted. */
  get names(): readonly string[] {
    return this.objects.map(({ kind, metadata }) => `${kind}/${metadata?.name}`).toSorted();
  }
}

/** Renders the chart as release `meho`, with the documented overrides unless `values` are given. */
export async function render(values: Values = MINIMAL_VALUES, input: Partial<ChartInput> = {}): Promise<Rendered> {
  return new Rendered(await renderChart({ helm: HELM, chart: CHART, values, ...input }));
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
