import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unsetVerifierVariables } from '@meho/core/config';
import { type CommandResult, run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { newRun, runOf } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';
import type { Values } from '@meho/helm/values';
import { configMaps, secrets } from '@meho/kube/api/resource';
import { readGoYaml } from '@meho/kube/go-yaml';
import type { Environment } from '../environment/environment.ts';
import { mergeValues } from '../environment/merge-values.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

const program = path.join(repositoryRoot, 'packages', 'verifiers', 'main.ts');
const timeoutMs = 15 * 60_000;

export interface PrSmokeInput extends AsyncDisposable {
  readonly flags: Readonly<Record<string, string>>;
  readonly summaryFile: string;
  readonly stepSummaryFile: string;
}

/** Writes a site's objects, values and database as input; the site stays unchanged. */
export async function prSmokeInput(environment: Environment, target: InstallTarget, pr: number): Promise<PrSmokeInput> {
  const { api, helm, judged, kubeconfigFile, request } = environment;
  const owner = runOf(request.labels) ?? (await newRun());
  const folder = path.join(await temporaryFolder(owner), `pr-${pr}-${target.namespace}`);
  await mkdir(folder, { mode: 0o700 });
  // Only the site's own objects carry the run's labels.
  const labels = Object.entries(request.labels).map(([name, value]) => `${name}=${value}`);
  const scope = { namespace: target.namespace, labels: labels.join(',') };
  const [given, maps] = await Promise.all([api.list(secrets, scope), api.list(configMaps, scope)]);
  const objects = [
    ...given.items.map(({ metadata, type, data }) => ({ ...named('Secret', metadata?.name), type, data })),
    ...maps.items.map(({ metadata, data }) => ({ ...named('ConfigMap', metadata?.name), data })),
  ];
  const file = (name: string) => path.join(folder, name);
  await writeFile(file('objects.yaml'), objects.map((object) => JSON.stringify(object)).join('\n---\n'), {
    mode: 0o600,
  });
  const layers = await Promise.all(
    target.valuesFiles.map(async (place) => (readGoYaml(await readFile(place, 'utf8')) as Values | null) ?? {}),
  );
  await writeFile(file('values.yaml'), JSON.stringify([...layers, target.values].reduce(mergeValues)));
  return {
    flags: {
      pr: String(pr),
      'image-tag': judged.tag,
      'image-repository': judged.repository,
      'expected-git-sha': judged.gitSha,
      chart: request.subject.chart,
      values: file('values.yaml'),
      objects: file('objects.yaml'),
      kubeconfig: kubeconfigFile,
      helm,
      summary: file('summary.md'),
    },
    summaryFile: file('summary.md'),
    stepSummaryFile: file('step-summary.md'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function named(kind: string, name: string | undefined) {
  return { apiVersion: 'v1', kind, metadata: { name } };
}

export interface PrSmokeResult extends CommandResult {
  readonly summary: string | undefined;
  readonly stepSummary: string | undefined;
}

export interface PrSmokeOptions {
  /** Override the input's flags; `undefined` removes one. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly onStarted?: (pid: number) => void;
}

/** Runs `meho-acceptance pr-smoke` as a process that can be signalled. */
export async function runPrSmoke(input: PrSmokeInput, asked: PrSmokeOptions = {}): Promise<PrSmokeResult> {
  const { flags, more = [], env, ...watch } = asked;
  const given = Object.entries({ ...input.flags, ...flags }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  const finished = await run(process.execPath, [program, 'pr-smoke', ...given, ...more], {
    env: { ...unsetVerifierVariables(), GITHUB_STEP_SUMMARY: input.stepSummaryFile, ...env },
    timeoutMs,
    acceptExitCodes: [1, 2, 129, 130, 143],
    ...watch,
  });
  const [summary, stepSummary] = await Promise.all([
    readIfWritten(input.summaryFile),
    readIfWritten(input.stepSummaryFile),
  ]);
  return { ...finished, summary, stepSummary };
}

export function runReap({ kubeconfigFile }: Environment, flags: readonly string[]): Promise<CommandResult> {
  return run(process.execPath, [program, 'pr-smoke', 'reap', `--kubeconfig=${kubeconfigFile}`, ...flags], {
    env: unsetVerifierVariables(),
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
}

async function readIfWritten(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // The caller decides whether it was required.
    return undefined;
  }
}
