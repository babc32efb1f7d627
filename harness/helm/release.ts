import { helmClusterVariables } from '../config.ts';
import { CommandError, type Finished, run } from '../process/run.ts';
import { ValuesError, violationsIn } from './render.ts';

/** A release of one name in one namespace of one cluster. */
export interface ReleaseIdentity {
  /** Path or name of the helm program. */
  readonly helm: string;
  /** File with the kubeconfig, or several as KUBECONFIG has them; helm takes no other. */
  readonly kubeconfigFile: string;
  /** Context in it; its current one where absent. */
  readonly context?: string;
  readonly namespace: string;
  readonly release: string;
}

export interface ActionOptions {
  /** Helm's own deadline, which it applies to hooks and to waiting, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Gets helm's output line by line as it comes. */
  readonly onLine?: (line: string) => void;
}

/** What install, upgrade and rollback take alike. */
export interface ReleaseOptions extends ActionOptions {
  /** Leaves the chart's hooks out. */
  readonly noHooks?: boolean;
  /** In the place of Helm's own; a rollback takes one from Helm 4.3 on. */
  readonly description?: string;
}

/** A chart with its values, in the order in which they apply: files, `values`, `set`. */
export interface ChartOptions extends ReleaseOptions {
  /** Folder of the chart, packed chart, or `oci://` reference. */
  readonly chart: string;
  /** Version of a chart from a registry. */
  readonly version?: string;
  readonly valuesFiles?: readonly string[];
  /** Values as an object. They reach helm by its standard input: secrets in them are neither arguments nor files. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** As `--set-string path=value`: a tag of digits stays one. Shown in process lists and in messages: nothing secret. */
  readonly set?: Readonly<Record<string, string>>;
  /** Returns as soon as the objects are there, rather than when they are ready. */
  readonly noWait?: boolean;
  /** An upgrade starts from the values of the last revision. */
  readonly reuseValues?: boolean;
}

export interface RollbackOptions extends ReleaseOptions {
  readonly revision?: number;
  /** Returns as soon as the objects are as they were, rather than when their pods are. */
  readonly noWait?: boolean;
}

/** Empty is unset for helm: it asks as we do. */
const asTheKubeconfigSays = Object.fromEntries(helmClusterVariables.map((name) => [name, '']));

/** Helm gets this long beyond its own deadline before it is stopped. */
const GRACE_MS = 20_000;

/**
 * Drives a release by the helm program. Each action ends when helm does; a failure carries the end of helm's output.
 *
 * Every action throws ValuesError when the chart's schema refuses the values and CommandError when helm fails.
 */
export class HelmRelease {
  readonly identity: ReleaseIdentity;

  constructor(identity: ReleaseIdentity) {
    this.identity = identity;
  }

  /** Fails where a release of that name is there already. */
  install(options: ChartOptions): Promise<Finished> {
    return this.#chart(['install'], options);
  }

  /** Fails where there is no release of that name. */
  upgrade(options: ChartOptions): Promise<Finished> {
    return this.#chart(['upgrade'], options);
  }

  /** Installs or upgrades, whichever it takes. */
  upgradeInstall(options: ChartOptions): Promise<Finished> {
    return this.#chart(['upgrade', '--install'], options);
  }

  /** To the revision, or to the one before the last. No hook of the chart migrates anything then. */
  rollback(options: RollbackOptions): Promise<Finished> {
    const revision = options.revision === undefined ? [] : [String(options.revision)];
    const wait = options.noWait === true ? [] : ['--wait'];
    const args = [
      'rollback',
      this.identity.release,
      ...revision,
      ...wait,
      ...changesOf(options),
      ...this.#common(options),
    ];
    return this.#run(args, options);
  }

  /** Removes the release and waits until its objects are gone. It not being there is no error. */
  uninstall(options: ActionOptions): Promise<Finished> {
    const args = ['uninstall', this.identity.release, '--wait', '--ignore-not-found', ...this.#common(options)];
    return this.#run(args, options);
  }

  /** The manifest of the last revision, hooks not included. */
  async manifest(options: ActionOptions): Promise<string> {
    const { stdout } = await this.#run(
      ['get', 'manifest', this.identity.release, '--namespace', this.identity.namespace],
      options,
    );
    return stdout;
  }

  async #chart(verb: readonly string[], options: ChartOptions): Promise<Finished> {
    const { chart, version, valuesFiles = [], values, set = {} } = options;
    const args = [
      ...verb,
      this.identity.release,
      chart,
      ...this.#common(options),
      ...(options.noWait === true ? [] : ['--wait']),
      ...(options.reuseValues === true ? ['--reuse-values'] : []),
      ...changesOf(options),
      ...(version === undefined ? [] : ['--version', version]),
      ...valuesFiles.flatMap((file) => ['--values', file]),
      ...(values === undefined ? [] : ['--values', '-']),
      ...Object.entries(set).flatMap(([path, value]) => ['--set-string', `${path}=${value}`]),
    ];
    try {
      return await this.#run(args, options, values === undefined ? undefined : JSON.stringify(values));
    } catch (error) {
      const violations = error instanceof CommandError ? violationsIn(error.stderr) : [];
      throw violations.length > 0 ? new ValuesError(chart, violations, { cause: error }) : error;
    }
  }

  #common({ timeoutMs }: ActionOptions): readonly string[] {
    const { context, namespace } = this.identity;
    const cluster = context === undefined ? [] : ['--kube-context', context];
    return [...cluster, '--namespace', namespace, '--timeout', `${Math.ceil(timeoutMs / 1000)}s`];
  }

  #run(args: readonly string[], { timeoutMs, signal, onLine }: ActionOptions, stdin?: string): Promise<Finished> {
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
