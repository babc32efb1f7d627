import type { Check, Verdict } from '@meho/contract/check';
import { unknownVerdict } from '@meho/contract/cluster/cluster-view';
import { UsageError } from '@meho/core/problem';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import { KubeError } from '@meho/kube/api/kube-error';
import { PluginRefused } from '@meho/kube/kubeconfig/credentials';
import { type CheckReport, reportOf } from '../report/report.ts';
import type { FoundRelease } from './find-releases.ts';
import type { ListedRelease } from './fleet-list.ts';

const EXPECTED = 'its API server to say which releases there are';

/** What a cluster says, or why it says nothing: never left out silently. */
export function clusterReport(
  name: string,
  verdict: Verdict,
  durationMs: number,
  safe: (text: string) => string,
): CheckReport {
  const check: Check = { id: 'cluster-asked', title: `cluster ${name}`, needs: [], run: async () => verdict };
  return reportOf({ check, verdict, durationMs }, safe);
}

/** Rethrows defects. */
export function troubleVerdict(error: unknown): Verdict {
  if (error instanceof PluginRefused) {
    return {
      outcome: 'unknown',
      expected: EXPECTED,
      observed: `it was not asked: ${error.message}`,
      hint: `give --allow-exec where you trust these kubeconfigs to start ${error.program}`,
    };
  }
  if (error instanceof UsageError) {
    const hint = 'kubectl with the same kubeconfig says more: kubectl auth whoami';
    return { outcome: 'unknown', expected: EXPECTED, observed: error.problems.join('; '), hint };
  }
  if (!isApiTrouble(error)) {
    throw error;
  }
  const verdict = unknownVerdict(EXPECTED, error);
  const isClusterWide = error instanceof KubeError && error.status === 403 && error.right?.namespace === undefined;
  return isClusterWide && verdict.outcome === 'unknown'
    ? { ...verdict, hint: `${verdict.hint}; or name the namespaces that it may look at with --namespace` }
    : verdict;
}

export function foundVerdict(count: number, nameless: readonly string[], selector: string): Verdict {
  if (count === 0) {
    return {
      outcome: 'violated',
      expected: `at least one release with labels ${selector}`,
      observed: `none${namelessPart(nameless)}`,
      hint: `kubectl get deployments,services,ingresses --all-namespaces -l '${selector}'; leave out a cluster that has none`,
      severity: 'failure',
    };
  }
  return {
    outcome: 'holds',
    observed: `${count} ${count === 1 ? 'release' : 'releases'} found${namelessPart(nameless)}`,
  };
}

/** Each that is missing is red by itself. */
export function listedVerdict(found: readonly FoundRelease[], listed: readonly ListedRelease[]): Verdict {
  const there = listed.filter(({ namespace, release }) =>
    found.some((each) => each.namespace === namespace && each.release === release),
  );
  return { outcome: 'holds', observed: `${there.length} of ${listed.length} listed releases found` };
}

function namelessPart(nameless: readonly string[]): string {
  const shown = nameless.slice(0, 3).join(', ');
  const more = nameless.length > 3 ? ` and ${nameless.length - 3} more` : '';
  return nameless.length === 0 ? '' : `; no label app.kubernetes.io/instance says whose ${shown}${more} are`;
}
