import { run } from '@meho/core/process/run';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { configMaps, jobs } from '@meho/kube/api/resource';
import { withoutStatusRace } from '../status-race.ts';
import { recordLabels } from '../storage.ts';
import type { RecordChartValues } from './record-chart.ts';

export interface ScenarioNamespace {
  readonly api: KubeApi;
  readonly helm: string;
  readonly kubeconfigFile: string;
  readonly chart: string;
  readonly namespace: string;
  readonly image?: string;
}

export const RELEASE = 'meho';

const n: RecordChartValues = { note: 'N', migrate: 'complete' };
const next: RecordChartValues = { note: 'N+1', migrate: 'complete' };
const bareN: RecordChartValues = { note: 'N' };
const bareNext: RecordChartValues = { note: 'N+1' };

/** Each in its own namespace. */
export const scenarios: Readonly<Record<string, (drive: Driver) => Promise<void>>> = {
  'rolled back': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.rollback(1);
  },
  'rolled back, without hooks': async (drive) => {
    await drive.install(bareN);
    await drive.upgrade(bareNext);
    await drive.rollback(1);
  },
  'deployed again, described as a rollback': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.upgrade(n, '--description', 'Rollback to 1');
  },
  'deployed again, without hooks': async (drive) => {
    await drive.install(bareN);
    await drive.upgrade(bareNext);
    await drive.upgrade(bareN, '--description', 'Rollback to 1');
  },
  'deployed again with --no-hooks': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.upgrade(n, '--no-hooks', '--description', 'Rollback to 1');
  },
  'rolled back to a rollback': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.rollback(1);
    await drive.upgrade(next);
    await drive.rollback(3);
  },
  'rolled back with 0': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.rollback(0);
  },
  'rolled back, with hooks that run on rollbacks and tests': async (drive) => {
    const more = { back: 'complete', test: 'complete' } as const;
    await drive.install({ ...n, ...more });
    await drive.upgrade({ ...next, ...more });
    await drive.rollback(1);
    await drive.test();
  },
  'installed with --no-hooks': (drive) => drive.install(n, '--no-hooks'),
  'installed with --no-hooks, then tested': async (drive) => {
    await drive.install({ ...n, test: 'complete' }, '--no-hooks');
    await drive.test();
  },
  'rolled back to what was installed with --no-hooks': async (drive) => {
    await drive.install(n, '--no-hooks');
    await drive.upgrade(next);
    await drive.rollback(1);
  },
  'rollback failed': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.freeze();
    await drive.rollback(1);
  },
  'rollback failed twice, after an upgrade that failed': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.upgrade({ note: 'N+2', migrate: 'failed' });
    await drive.freeze();
    await drive.rollback(1);
    await drive.rollback(1);
  },
  'rollback killed': async (drive) => {
    await drive.install({ ...n, stuck: true });
    await drive.upgrade(next);
    await drive.killed('pending-rollback', ['rollback', RELEASE, '1', '--wait']);
  },
  'upgrade killed, then rolled back': async (drive) => {
    await drive.install(n);
    const values = drive.set({ note: 'N+1', migrate: 'never' });
    await drive.killed('pending-upgrade', ['upgrade', RELEASE, drive.chart, ...values], `${RELEASE}-migrate`);
    await drive.rollback(1);
  },
  'rolled back to a revision that failed': async (drive) => {
    await drive.install(n);
    await drive.upgrade({ note: 'N+1', migrate: 'failed' });
    await drive.rollback(2);
  },
  'nothing ever worked': async (drive) => {
    await drive.install({ ...n, migrate: 'failed' });
    await drive.upgrade({ note: 'N+1', migrate: 'failed' });
  },
  'installed in vain, then upgraded': async (drive) => {
    await drive.install({ ...n, migrate: 'failed' });
    await drive.upgrade(next);
  },
  'the target’s record is gone': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.rollback(1, '--history-max', '2');
  },
  'uninstalled with its history, then rolled back': async (drive) => {
    await drive.install(n);
    await drive.upgrade(next);
    await drive.helm('uninstall', RELEASE, '--keep-history');
    await drive.rollback(1);
  },
};

const timeoutMs = 60_000;
/** Helm 4.0.0 doesn't notice a failed hook Job and waits until its timeout. */
const timed: Readonly<Record<string, readonly string[]>> = {
  install: ['--timeout', '30s'],
  upgrade: ['--timeout', '30s'],
  rollback: ['--timeout', '30s'],
};

/** Exit code 1 is no error here: the records tell. */
export class Driver {
  readonly #stage: ScenarioNamespace;

  constructor(stage: ScenarioNamespace) {
    this.#stage = stage;
  }

  get chart(): string {
    return this.#stage.chart;
  }

  set(values: RecordChartValues): readonly string[] {
    const { image } = this.#stage;
    return Object.entries({ ...values, ...(image === undefined ? {} : { image }) }).flatMap(([name, value]) => [
      typeof value === 'string' ? '--set-string' : '--set',
      `${name}=${value}`,
    ]);
  }

  async helm(...args: readonly string[]): Promise<void> {
    const { api, helm, kubeconfigFile, namespace } = this.#stage;
    await withoutStatusRace({ api, namespace, release: RELEASE }, () =>
      run(helm, this.#arguments(args), { env: { KUBECONFIG: kubeconfigFile }, timeoutMs, acceptExitCodes: [1] }),
    );
  }

  #arguments(args: readonly string[]): readonly string[] {
    return [...args, ...(timed[args[0] ?? ''] ?? []), '--namespace', this.#stage.namespace];
  }

  async install(values: RecordChartValues, ...more: readonly string[]): Promise<void> {
    await this.helm('install', RELEASE, this.chart, ...this.set(values), ...more);
  }

  async upgrade(values: RecordChartValues, ...more: readonly string[]): Promise<void> {
    await this.helm('upgrade', RELEASE, this.chart, ...this.set(values), ...more);
  }

  async rollback(revision: number, ...more: readonly string[]): Promise<void> {
    await this.helm('rollback', RELEASE, String(revision), ...more);
  }

  async test(): Promise<void> {
    await this.helm('test', RELEASE);
  }

  /** From now on helm can't change the release's ConfigMap. */
  async freeze(): Promise<void> {
    await this.#stage.api.patch(configMaps, this.#stage.namespace, `${RELEASE}-content`, { immutable: true });
  }

  /** Kills a hanging helm once its record has the status, and the Job, if named, exists. */
  async killed(status: string, args: readonly string[], job?: string): Promise<void> {
    const { api, helm, kubeconfigFile, namespace } = this.#stage;
    let pid: number | undefined;
    const running = run(helm, this.#arguments(args), {
      env: { KUBECONFIG: kubeconfigFile },
      timeoutMs,
      onStarted: (number) => {
        pid = number;
      },
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    await waitFor(
      `the release to be ${status}`,
      async (signal) => {
        const found = await recordLabels(api, { namespace, release: RELEASE, labels: `status=${status}` }, { signal });
        if (found.length === 0) {
          return notYet('it is not');
        }
        return job === undefined || (await api.find(jobs, namespace, job, { signal })) !== undefined
          ? holds(undefined)
          : notYet(`it is, without Job ${job}`);
      },
      { deadlineMs: timeoutMs, intervalMs: 100 },
    );
    if (pid === undefined) {
      throw new Error('helm has a record, but no process');
    }
    process.kill(pid, 'SIGKILL');
    if ((await running) === undefined) {
      throw new Error('expected helm to hang until it is killed, but it came to its end');
    }
  }
}
