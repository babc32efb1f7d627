import type { Check } from '@meho/contract/check';
import { installChecks, rollbackChecks, unauthenticatedChecks } from '@meho/contract/checks';
import { unknownVerdict } from '@meho/contract/cluster/cluster-view';
import { KubeError } from '@meho/kube/api/kube-error';
import { namespaces } from '@meho/kube/api/resource';
import type { FleetMember } from './fleet-member.ts';

export type FleetVerifier = 'install-verify' | 'rollback-verify';

/** A fleet is no install whose time counts. */
const LEFT_OUT: ReadonlySet<string> = new Set(['budget']);

/**
 * Those of the verifier that need neither token nor database: one operator's token is not handed to every host that an
 * Ingress of some cluster names.
 */
export function fleetChecks(verifier: FleetVerifier, member: FleetMember): readonly Check[] {
  const { namespace, release, expectedGitSha } = member;
  const subject = { namespace, release };
  const gitSha = expectedGitSha ?? '';
  const all =
    verifier === 'rollback-verify'
      ? rollbackChecks({ subject, gitSha, columns: [] })
      : installChecks({ subject, expectedGitSha: gitSha, startedAt: undefined, enforceBudget: false });
  const made = all.filter(
    ({ id, needs }) => !LEFT_OUT.has(id) && !needs.some((need) => need === 'token' || need === 'database'),
  );
  const checks = expectedGitSha === undefined ? made.flatMap((check) => versionTold(check, subject)) : made;
  return member.host === undefined ? [hostKnown(member), ...checks] : checks;
}

/** Without a commit to expect, the release has to tell its own. */
function versionTold(check: Check, subject: Pick<FleetMember, 'namespace' | 'release'>): readonly Check[] {
  return check.id === 'version'
    ? unauthenticatedChecks(subject).filter(({ id }) => id === 'version-tells-git-sha')
    : [check];
}

function hostKnown({ namespace, hostProblem }: FleetMember): Check {
  return {
    id: 'host-known',
    title: 'Host of the release is known',
    needs: [],
    run: async () => ({
      outcome: 'unknown',
      seen: true,
      expected: 'a host that an Ingress of the release names, or that --host or --releases gives',
      observed: hostProblem ?? 'no Ingress of it names one',
      hint: `kubectl -n ${namespace} get ingresses; where something else publishes it, give --host or --releases`,
    }),
  };
}

/** For a release that was found, and whose Deployment is gone. */
export function namespaceThere({ namespace }: Pick<FleetMember, 'namespace'>): Check<'cluster'> {
  const expected = `namespace ${namespace} to be there, as when its releases were looked for`;
  const gone = (observed: string) => ({
    outcome: 'violated' as const,
    expected,
    observed,
    hint: 'somebody or something removes it meanwhile: where that is meant, run again, and it is no part of the fleet',
    severity: 'failure' as const,
  });
  return {
    id: 'namespace-there',
    title: 'Namespace is there',
    needs: ['cluster'],
    async run({ cluster }, signal) {
      try {
        const found = await cluster.api.find(namespaces, undefined, namespace, { signal });
        if (found === undefined) {
          return gone('it is gone');
        }
        return found.metadata?.deletionTimestamp === undefined
          ? { outcome: 'holds', observed: `namespace ${namespace}` }
          : gone('it is being deleted');
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof KubeError && error.status === 403) {
          return { outcome: 'skipped', reason: `not looked at: ${error.message}` };
        }
        return unknownVerdict(expected, error);
      }
    },
  };
}
