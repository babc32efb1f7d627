import { drillRollback } from '../../environment/rollback-drill.ts';
import { prepareSite, type Site } from '../../environment/site.ts';
import { tellLoad } from '../../load/load-report.ts';
import { run } from '../../process/run.ts';
import type { Bench, BenchContext } from './bench.ts';

const timeoutMs = 120_000;

/**
 * N, N+1 and back by helm with two replicas, under load, on a site of its own; then the same by kubectl alone, without
 * hooks, history and load: what the replacement of the pods takes in any case.
 */
export const rollback: Bench = {
  title: 'N, N+1 and back, beside kubectl',
  async measure(context) {
    const { environment, signal } = context;
    await using site = await prepareSite(environment, 'rollback');
    const { load, next, tookMs } = await drillRollback(environment, site, signal);
    const upMs = await byKubectl(context, site, `set image deployment/meho backplane=${next.repository}:${next.tag}`);
    const backMs = await byKubectl(context, site, 'rollout undo deployment/meho');
    return [
      {
        what: `upgrade to N+1, its migration included: ${tellLoad(load.upgrade)}`,
        tookMs: tookMs.upgrade,
        baseline: { name: 'kubectl set image and rollout status', tookMs: upMs },
      },
      {
        what: `rollback to N: ${tellLoad(load.rollback)}`,
        tookMs: tookMs.rollback,
        baseline: { name: 'kubectl rollout undo and rollout status', tookMs: backMs },
      },
    ];
  },
};

async function byKubectl({ environment, signal }: BenchContext, site: Site, command: string): Promise<number> {
  const kubectl = async (args: string) => {
    const words = ['--namespace', site.namespace, ...args.split(' ')];
    const env = { KUBECONFIG: environment.kubeconfigFile };
    return (await run(environment.kubectl, words, { env, timeoutMs, signal })).durationMs;
  };
  return (await kubectl(command)) + (await kubectl('rollout status deployment/meho'));
}
