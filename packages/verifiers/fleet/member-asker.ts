import type { Verdict } from '@meho/contract/check';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import type { CheckReport } from '../report/report.ts';
import { type AskSettings, askRelease } from './ask-release.ts';
import { clusterReport, troubleVerdict } from './cluster-verdict.ts';
import { type FleetMember, nameOf } from './fleet-member.ts';
import type { ReleaseReport } from './fleet-report.ts';
import type { FleetState } from './fleet-state.ts';

/** Asks the releases of one cluster, until its API server is gone. */
export class MemberAsker {
  readonly #api: KubeApi;
  readonly #settings: AskSettings;
  readonly #state: FleetState;
  readonly #onRelease: (report: ReleaseReport) => void;
  #lost: CheckReport | undefined;

  constructor(
    api: KubeApi,
    settings: AskSettings,
    { state, onRelease }: { readonly state: FleetState; readonly onRelease: (report: ReleaseReport) => void },
  ) {
    this.#api = api;
    this.#state = state;
    this.#settings = settings;
    this.#onRelease = onRelease;
  }

  /** @param objects of the release, as they are now */
  async ask(member: FleetMember, objects: string, hasSeveralHosts: boolean): Promise<void> {
    const { cluster, namespace, release, host } = member;
    const name = nameOf(member, hasSeveralHosts);
    const kept = this.#state.kept(name, objects);
    if (kept !== undefined) {
      this.#onRelease(kept);
      return;
    }
    const startedAt = new Date().toISOString();
    const started = performance.now();
    const { checks, holds } = await this.#checksOf(member);
    const report: ReleaseReport = {
      name,
      cluster,
      namespace,
      release,
      ...(host === undefined ? {} : { url: host.href }),
      startedAt,
      durationMs: Math.round(performance.now() - started),
      outcome: holds ? 'passed' : 'failed',
      checks,
    };
    await this.#state.record(report, objects);
    this.#onRelease(report);
  }

  async #checksOf(member: FleetMember): Promise<{ readonly checks: readonly CheckReport[]; readonly holds: boolean }> {
    if (this.#lost !== undefined) {
      return { checks: [this.#lost], holds: false };
    }
    const asked = await askRelease(member, this.#api, this.#settings);
    if (asked.isClusterDoubted) {
      this.#lost ??= await this.#lookAgain(member.cluster);
    }
    return asked;
  }

  /** Each release that waits for a silent server in vain would cost a deadline of its own. */
  async #lookAgain(cluster: string): Promise<CheckReport | undefined> {
    const { signal, safe } = this.#settings;
    const started = performance.now();
    try {
      await this.#api.text('/version', { isAskedOnce: true, signal });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof KubeError) {
        return undefined;
      }
      const verdict: Verdict = { ...troubleVerdict(error), ...({ expected: 'its cluster to answer still' } as const) };
      return clusterReport(cluster, verdict, performance.now() - started, safe);
    }
  }
}
