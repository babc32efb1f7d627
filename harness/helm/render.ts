import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { asGoYaml } from '../kube/go-yaml.ts';
import { Problem } from '../problem.ts';
import { CommandError, type Finished, run } from '../process/run.ts';
import { type Schema, schemaOf } from './chart-schema.ts';
import { inWords } from './violation-words.ts';

/** A chart with the values it is looked at with. Values apply in this order: files, `values`, `set`. */
export interface ChartInput {
  /** Path or name of the helm program. */
  readonly helm: string;
  /** Folder of the chart, packed chart, or `oci://` reference. */
  readonly chart: string;
  /** Of a chart in a registry; the newest where absent. */
  readonly version?: string;
  /** Name of the release, `meho` by default. */
  readonly release?: string;
  /** Namespace of the release, `meho` by default. */
  readonly namespace?: string;
  /** Renders as `helm upgrade` would, rather than `helm install`. */
  readonly upgrade?: boolean;
  readonly valuesFiles?: readonly string[];
  /** Values as an object. They reach helm by its standard input: nothing of them is an argument or a file. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** As `--set-string path=value`: a text, also where it is of digits; commas and braces have helm's meaning. */
  readonly set?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** One place where values break the chart's schema. */
export interface Violation {
  /** The chart whose schema it is, where helm says so: paths of a subchart start at its own values. */
  readonly chart?: string;
  /** JSON pointer into the values, e.g. `/vault/address`; the empty string is the root. */
  readonly path: string;
  /** What helm says of it, e.g. `'' is not valid uri: relative url`. */
  readonly message: string;
}

/** Helm refused the values before it rendered anything. Names every path at once. */
export class ValuesError extends Problem {
  readonly violations: readonly Violation[];
  /** As it was given: folder, packed chart or reference. */
  readonly chart: string;

  constructor(chart: string, violations: readonly Violation[], options?: ErrorOptions) {
    super(
      {
        expected: `values that ${chart} accepts`,
        observed: sentences(violations, schemaOf(chart)),
        next: `set each path in a values file or with --set${violations.some(wantsText) ? ' (in quotes there, and with --set-string: it was taken for a number)' : ''}; the values reference is beside the chart`,
      },
      options,
    );
    this.name = 'ValuesError';
    this.violations = violations;
    this.chart = chart;
  }
}

/** A text of digits alone, as YAML and `--set` take it. */
function wantsText({ message }: Violation): boolean {
  return /got (number|integer), want (null or )?string/.test(message);
}

/** As helm puts it; with the chart's name where more than one has something to say. */
function sentences(violations: readonly Violation[], schema: Schema | undefined): string {
  const isOne = new Set(violations.map(({ chart }) => chart)).size <= 1;
  return violations
    .map((violation) => {
      const { chart, path } = violation;
      // Paths of a subchart are not those of this schema.
      const said = inWords(violation, isOne ? schema : undefined);
      return `at '${path}': ${said}${isOne ? '' : ` (chart ${chart ?? 'unnamed'})`}`;
    })
    .join('\n');
}

const DEADLINE_MS = 60_000;

/**
 * What `helm template` prints, hooks included.
 *
 * @throws ValuesError when the chart's schema, or a check in its templates that names a path, refuses the values
 * @throws Problem when the chart can't be read or rendered
 */
export async function renderManifest(input: ChartInput): Promise<string> {
  const release = input.release ?? 'meho';
  const namespace = input.namespace ?? 'meho';
  const upgrade = input.upgrade === true ? ['--is-upgrade'] : [];
  const version = input.version === undefined ? [] : ['--version', input.version];
  const where = ['--namespace', namespace];
  const { stdout } = await helm(input, ['template', release, input.chart, ...version, ...where, ...upgrade]);
  return stdout;
}

/** The objects of the same, in helm's order. Throws as renderManifest does. */
export async function renderChart(input: ChartInput): Promise<KubernetesObject[]> {
  return objectsIn(await renderManifest(input), input.chart);
}

/** The objects of a manifest that `chart` rendered. */
export function objectsIn(manifest: string, chart: string): KubernetesObject[] {
  return parseAllDocuments(manifest, asGoYaml).flatMap((document) => {
    const broken = document.errors[0];
    if (broken !== undefined) {
      throw new Problem(
        { expected: `${chart} to render as YAML`, observed: broken.message, next: 'look at the template it names' },
        { cause: broken },
      );
    }
    const value: unknown = document.toJS();
    return value === null ? [] : [asObject(chart, value)];
  });
}

/**
 * Runs `helm lint`. Warnings don't fail it; they are in the text that comes back.
 *
 * @throws ValuesError and Problem as renderChart does
 */
export async function lintChart(input: ChartInput): Promise<string> {
  const { stdout } = await helm(input, ['lint', input.chart, '--namespace', input.namespace ?? 'meho']);
  return stdout;
}

async function helm(input: ChartInput, args: readonly string[]): Promise<Finished> {
  const files = (input.valuesFiles ?? []).flatMap((file) => ['--values', file]);
  const values = input.values === undefined ? [] : ['--values', '-'];
  const set = Object.entries(input.set ?? {}).flatMap(([path, value]) => ['--set-string', `${path}=${value}`]);
  try {
    return await run(input.helm, [...args, ...files, ...values, ...set], {
      timeoutMs: DEADLINE_MS,
      ...(input.values === undefined ? {} : { stdin: JSON.stringify(input.values) }),
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    });
  } catch (error) {
    if (error instanceof CommandError) {
      const violations = violationsIn(`${error.stderr}\n${error.stdout}`);
      if (violations.length > 0) {
        throw new ValuesError(input.chart, violations, { cause: error });
      }
    }
    throw error;
  }
}

/**
 * The places that helm's output names, each once. Headings (`validation failed`) are left out where a line under them
 * says more.
 */
export function violationsIn(output: string): Violation[] {
  const found: Violation[] = [];
  let chart: string | undefined;
  for (const line of output.split('\n')) {
    // Each chart's violations stand under its name, in a block that an empty line ends.
    chart = line.trim() === '' ? undefined : (/^([a-z0-9][-.\w]*):$/.exec(line)?.[1] ?? chart);
    const [, path, message] = /at '([^']*)': (.+)$/.exec(line) ?? [];
    if (path === undefined || message === undefined || message === 'validation failed') {
      continue;
    }
    const isKnown = found.some(
      (other) =>
        other.path === path &&
        other.message === message &&
        (other.chart === chart || other.chart === undefined || chart === undefined),
    );
    if (!isKnown) {
      found.push({ ...(chart === undefined ? {} : { chart }), path, message });
    }
  }
  return found;
}

function asObject(chart: string, value: unknown): KubernetesObject {
  const object = value as KubernetesObject;
  if (typeof value !== 'object' || object.kind === undefined || object.metadata?.name === undefined) {
    throw new Problem({
      expected: `${chart} to render Kubernetes objects`,
      observed: `a document without kind and name: ${JSON.stringify(value).slice(0, 200)}`,
      next: 'look at the templates with helm template',
    });
  }
  return object;
}
