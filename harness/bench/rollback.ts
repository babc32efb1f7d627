import { run } from '@meho/core/process/run';
import { type InstallTarget, prepareInstallTarget } from '../release/install-target/install-target.ts';
import { describeLoad } from '../release/load/load-report.ts';
import { drillRollback } from '../release/rollback/rollback-drill.ts';
import type { Bench, BenchContext } from './bench.ts';

const timeoutMs = 120_000;

/** By helm under load; then by kubectl without hooks, history and load, as the baseline for replacing pods. */
export const rollback: Bench = {
  title: 'N, N+1 and back, beside kubectl',
  async measure(context) {
    const { environment, signal } = context;
    await using target = await prepareInstallTarget(environment, 'rollback');
    const { load, next, tookMs } = await drillRollback(environment, target, signal);
    const upMs = await byKubectl(context, target, `set image deployment/meho backplane=${next.repository}:${next.tag}`);
    const backMs = await byKubectl(context, target, 'rollout undo deployment/meho');
    return [
      {
        what: `upgrade to N+1, its migration included: ${describeLoad(load.upgrade)}`,
        tookMs: tookMs.upgrade,
        baseline: { name: 'kubectl set image and rollout status', tookMs: upMs },
      },
      {
        what: `rollback to N: ${describeLoad(load.rollback)}`,
        tookMs: tookMs.rollback,
        baseline: { name: 'kubectl rollout undo and rollout status', tookMs: backMs },
      },
    ];
  },
};

async function byKubectl(
  { environment, signal }: BenchContext,
  target: InstallTarget,
  command: string,
): Promise<number> {
  const kubectl = async (args: string) => {
    const words = ['--namespace', target.namespace, ...args.split(' ')];
    const env = { KUBECONFIG: environment.kubeconfigFile };
    return (await run(environment.kubectl, words, { env, timeoutMs, signal })).durationMs;
  };
  return (await kubectl(command)) + (await kubectl('rollout status deployment/meho'));
}
