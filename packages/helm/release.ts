import { helmClusterVariables } from '@meho/core/config';
import { CommandError, run } from '@meho/core/process/run';
import type { KubeApi } from '@meho/kube/api/api';
import { ValuesError, violationsIn } from './render.ts';
import { type HelmResult, withoutStatusRace } from './status-race.ts';

export interface ReleaseIdentity {
  readonly helm: string;
  /** One file, or several as in KUBECONFIG. Helm reads no other. */
  readonly kubeconfigFile: string;
  /** Defaults to the current one. */
  readonly context?: string;
  readonly namespace: string;
  readonly release: string;
}

/** The cluster behind the release, which is asked what has become of what helm gave up on. */
export interface ReleaseCluster {
  readonly api: KubeApi;
  /** Told before helm is asked once more. */
  readonly say?: (said: string) => void;
}

export interface ActionOptions {
  /** Helm's deadline for hooks and waiting, also where it is asked twice. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

export interface ReleaseOptions extends ActionOptions {
  readonly noHooks?: boolean;
  /** Replaces Helm's; for rollbacks since Helm 4.3. */
  readonly description?: string;
}

/** Precedence, lowest first: files, `values`, `set`. */
export interface ChartOptions extends ReleaseOptions {
  /** Folder, packed chart, or `oci://` reference. */
  readonly chart: string;
  readonly version?: string;
  readonly valuesFiles?: readonly string[];
  /** Sent on standard input: secrets reach neither arguments nor files. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** As `--set-string path=value`, so digits stay text. Visible in process lists and messages: never secrets. */
  readonly set?: Readonly<Record<string, string>>;
  /** Doesn't wait for readiness. */
  readonly noWait?: boolean;
  /** Starts from the last revision's values. */
  readonly reuseValues?: boolean;
}

export interface RollbackOptions extends ReleaseOptions {
  readonly revision?: number;
  /** Doesn't wait for pods. */
  readonly noWait?: boolean;
}

/** Helm treats empty as unset. */
const asTheKubeconfigSays = Object.fromEntries(helmClusterVariables.map((name) => [name, '']));

/** How long helm may outlast its own deadline. */
const GRACE_MS = 20_000;

/**
 * Runs the helm program, once more where its own race made it fail (`withoutStatusRace`). A failure carries the end of its
 * output.
 * Every action throws ValuesError if the chart's schema refuses the values and CommandError if helm fails.
 */
export class HelmRelease {
  readonly identity: ReleaseIdentity;
  readonly #cluster: ReleaseCluster;

  constructor(identity: ReleaseIdentity, cluster: ReleaseCluster) {
    this.identity = identity;
    this.#cluster = cluster;
  }

  /** The same release by another name or another program. */
  as(changed: Partial<ReleaseIdentity>): HelmRelease {
    return new HelmRelease({ ...this.identity, ...changed }, this.#cluster);
  }

  install(options: ChartOptions): Promise<HelmResult> {
    return this.#chart(['install'], options);
  }

  upgrade(options: ChartOptions): Promise<HelmResult> {
    return this.#chart(['upgrade'], options);
  }

  upgradeInstall(options: ChartOptions): Promise<HelmResult> {
    return this.#chart(['upgrade', '--install'], options);
  }

  /** Defaults to the revision before the last. Runs no migration hook. */
  rollback(options: RollbackOptions): Promise<HelmResult> {
    const revision = options.revision === undefined ? [] : [String(options.revision)];
    const wait = options.noWait === true ? [] : ['--wait'];
    return this.#drive(['rollback', this.identity.release, ...revision, ...wait, ...changesOf(options)], options);
  }

  /** A missing release is no error. */
  uninstall(options: ActionOptions): Promise<HelmResult> {
    const args = ['uninstall', this.identity.release, '--wait', '--ignore-not-found'];
    return this.#run([...args, ...this.#common(options)], options);
  }

  /** Of the last revision, without hooks. */
  async manifest(options: ActionOptions): Promise<string> {
    const { stdout } = await this.#run(
      ['get', 'manifest', this.identity.release, '--namespace', this.identity.namespace],
      options,
    );
    return stdout;
  }

  async #chart(verb: readonly string[], options: ChartOptions): Promise<HelmResult> {
    const { chart, version, valuesFiles = [], values, set = {} } = options;
    const args = [
      ...verb,
      this.identity.release,
      chart,
      ...(options.noWait === true ? [] : ['--wait']),
      ...(options.reuseValues === true ? ['--reuse-values'] : []),
      ...changesOf(options),
      ...(version === undefined ? [] : ['--version', version]),
      ...valuesFiles.flatMap((file) => ['--values', file]),
      ...(values === undefined ? [] : ['--values', '-']),
      ...Object.entries(set).flatMap(([path, value]) => ['--set-string', `${path}=${value}`]),
    ];
    try {
      return await this.#drive(args, options, values === undefined ? undefined : JSON.stringify(values));
    } catch (error) {
      const violations = error instanceof CommandError ? violationsIn(error.stderr) : [];
      throw violations.length > 0 ? new ValuesError(chart, violations, { cause: error }) : error;
    }
  }

  /** What writes a revision. */
  #drive(args: readonly string[], options: ActionOptions, stdin?: string): Promise<HelmResult> {
    const { namespace, release } = this.identity;
    const { signal } = options;
    const race = { ...this.#cluster, namespace, release, ...(signal === undefined ? {} : { signal }) };
    return withoutStatusRace(race, (spentMs) => {
      const left = { ...options, timeoutMs: Math.max(1000, options.timeoutMs - spentMs) };
      return this.#run([...args, ...this.#common(left)], left, stdin);
    });
  }

  #common({ timeoutMs }: ActionOptions): readonly string[] {
    const { context, namespace } = this.identity;
    const cluster = context === undefined ? [] : ['--kube-context', context];
    return [...cluster, '--namespace', namespace, '--timeout', `${Math.ceil(timeoutMs / 1000)}s`];
  }

  #run(args: readonly string[], { timeoutMs, signal, onLine }: ActionOptions, stdin?: string): Promise<HelmResult> {
    return run(this.identity.helm, args, {
      env: { ...asTheKubeconfigSays, KUBECONFIG: this.identity.kubeconfigFile },
      timeoutMs: timeoutMs + GRACE_MS,
      ...(stdin === undefined ? {} : { stdin }),
      ...(signal === undefined ? {} : { signal }),
      ...(onLine === undefined ? {} : { onLine }),
    });
  }
}

function changesOf({ noHooks, description }: ReleaseOptions): readonly string[] {
  return [
    ...(noHooks === true ? ['--no-hooks'] : []),
    ...(description === undefined ? [] : ['--description', description]),
  ];
}
