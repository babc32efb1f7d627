import type { KubernetesObject } from '@kubernetes/client-node';
import { Problem } from '@meho/core/problem';
import { CommandError, type CommandResult, run } from '@meho/core/process/run';
import { asGoYaml } from '@meho/kube/go-yaml';
import { listedObjects } from '@meho/kube/listed-objects';
import { parseAllDocuments } from 'yaml';
import { type Schema, schemaOf } from './chart-schema.ts';
import { describeViolation } from './describe-violation.ts';

/** Precedence, lowest first: files, `values`, `set`. */
export interface ChartInput {
  readonly helm: string;
  readonly chart: string;
  /** In a registry; defaults to the newest. */
  readonly version?: string;
  /** Defaults to `meho`. */
  readonly release?: string;
  /** Defaults to `meho`. */
  readonly namespace?: string;
  /** As `helm upgrade`, not `helm install`. */
  readonly upgrade?: boolean;
  readonly valuesFiles?: readonly string[];
  /** Sent on standard input: reaches neither arguments nor files. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** As `--set-string path=value`: digits stay text; commas and braces keep helm's meaning. */
  readonly set?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Violation {
  /** If helm names it; a subchart's paths start at its own values. */
  readonly chart?: string;
  /** JSON pointer, e.g. `/vault/address`; empty for the root. */
  readonly path: string;
  /** E.g. `'' is not valid uri: relative url`. */
  readonly message: string;
}

/** Helm refused the values before rendering. Names every path. */
export class ValuesError extends Problem {
  readonly violations: readonly Violation[];
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

/** Digits that YAML and `--set` read as a number. */
function wantsText({ message }: Violation): boolean {
  return /got (number|integer), want (null or )?string/.test(message);
}

/** Names the chart only if several have violations. */
function sentences(violations: readonly Violation[], schema: Schema | undefined): string {
  const isOne = new Set(violations.map(({ chart }) => chart)).size <= 1;
  return violations
    .map((violation) => {
      const { chart, path } = violation;
      // A subchart's paths don't belong to this schema.
      const said = describeViolation(violation, isOne ? schema : undefined);
      return `at '${path}': ${said}${isOne ? '' : ` (chart ${chart ?? 'unnamed'})`}`;
    })
    .join('\n');
}

const DEADLINE_MS = 60_000;

/**
 * Returns the output of `helm template`, hooks included.
 *
 * @throws ValuesError if the schema, or a template's check that names a path, refuses the values
 * @throws Problem if the chart can't be read or rendered
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

/** Throws like renderManifest. */
export async function renderChart(input: ChartInput): Promise<KubernetesObject[]> {
  return objectsIn(await renderManifest(input), input.chart);
}

/** What stands in a `kind: List` is among them. */
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
    return value === null ? [] : listedObjects(value).map((object) => asObject(chart, object));
  });
}

/**
 * Runs `helm lint`. Returns its text; warnings don't fail.
 *
 * @throws ValuesError and Problem like renderChart
 */
export async function lintChart(input: ChartInput & { readonly withSubcharts?: boolean }): Promise<string> {
  const subcharts = input.withSubcharts === true ? ['--with-subcharts'] : [];
  const { stdout } = await helm(input, ['lint', input.chart, ...subcharts, '--namespace', input.namespace ?? 'meho']);
  return stdout;
}

async function helm(input: ChartInput, args: readonly string[]): Promise<CommandResult> {
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

/** Lists each place once. Omits headings (`validation failed`) that a line below details. */
export function violationsIn(output: string): Violation[] {
  const found: Violation[] = [];
  let chart: string | undefined;
  for (const line of output.split('\n')) {
    // A chart's name heads its violations; an empty line ends them.
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
