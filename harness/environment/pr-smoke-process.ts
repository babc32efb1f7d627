import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { configMaps, secrets } from '../kube/resource.ts';
import { type Finished, run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import { newRun, runOf } from '../runs/identity.ts';
import { temporaryFolder } from '../runs/temporary.ts';
import type { Environment } from './environment.ts';
import { merged } from './merged.ts';
import type { Site } from './site.ts';

const program = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 15 * 60_000;

/** What a pull request's smoke is given, in files and flags. Goes with its folder. */
export interface PrSmokeInput extends AsyncDisposable {
  readonly flags: Readonly<Record<string, string>>;
  readonly summaryFile: string;
  readonly stepSummaryFile: string;
}

/**
 * Writes down for `pr-smoke` what an operator has made ready on a site: the objects in its namespace, its values, its
 * database. The site itself stays as it is.
 */
export async function prSmokeInput(environment: Environment, site: Site, pr: number): Promise<PrSmokeInput> {
  const { api, helm, judged, kubeconfigFile, request } = environment;
  const owner = runOf(request.labels) ?? (await newRun());
  const folder = path.join(await temporaryFolder(owner), `pr-${pr}-${site.namespace}`);
  await mkdir(folder, { mode: 0o700 });
  // Those that the site brings carry the run's labels; a release that is there has others.
  const labels = Object.entries(request.labels).map(([name, value]) => `${name}=${value}`);
  const scope = { namespace: site.namespace, labels: labels.join(',') };
  const [given, maps] = await Promise.all([api.list(secrets, scope), api.list(configMaps, scope)]);
  const objects = [
    ...given.items.map(({ metadata, type, data }) => ({ ...named('Secret', metadata?.name), type, data })),
    ...maps.items.map(({ metadata, data }) => ({ ...named('ConfigMap', metadata?.name), data })),
  ];
  const file = (name: string) => path.join(folder, name);
  await writeFile(file('objects.yaml'), objects.map((object) => JSON.stringify(object)).join('\n---\n'), {
    mode: 0o600,
  });
  const layers = await Promise.all(site.valuesFiles.map(async (place) => parse(await readFile(place, 'utf8')) ?? {}));
  await writeFile(file('values.yaml'), JSON.stringify([...layers, site.values].reduce(merged)));
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

export interface PrSmokeEnd extends Finished {
  /** Absent where none was written. */
  readonly summary: string | undefined;
  readonly stepSummary: string | undefined;
}

export interface AskedPrSmoke {
  /** Over those of the input; `undefined` takes one away. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly onStarted?: (pid: number) => void;
}

/** Runs `meho-acceptance pr-smoke` as its users do: a process of its own, which a signal can be sent to. */
export async function runPrSmoke(input: PrSmokeInput, asked: AskedPrSmoke = {}): Promise<PrSmokeEnd> {
  const { flags, more = [], env, ...watch } = asked;
  const given = Object.entries({ ...input.flags, ...flags }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  const finished = await run(process.execPath, [program, 'pr-smoke', ...given, ...more], {
    env: { ...unset, GITHUB_STEP_SUMMARY: input.stepSummaryFile, ...env },
    timeoutMs,
    acceptExitCodes: [1, 2, 129, 130, 143],
    ...watch,
  });
  const [summary, stepSummary] = await Promise.all([written(input.summaryFile), written(input.stepSummaryFile)]);
  return { ...finished, summary, stepSummary };
}

/** Runs `meho-acceptance pr-smoke reap`. */
export function runReap({ kubeconfigFile }: Environment, flags: readonly string[]): Promise<Finished> {
  return run(process.execPath, [program, 'pr-smoke', 'reap', `--kubeconfig=${kubeconfigFile}`, ...flags], {
    env: unset,
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
}

/** Nothing of the machine's own settings gets in. */
const unset = {
  MEHO_ACCESS_TOKEN: '',
  DATABASE_URL: '',
  KUBECONFIG: '',
  KUBERNETES_SERVICE_HOST: '',
  GITHUB_STEP_SUMMARY: '',
};

async function written(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // Looked at by whoever expects it to be there.
    return undefined;
  }
}
