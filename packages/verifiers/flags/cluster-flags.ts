import { type Flags, optional, type ValuesOf } from '@meho/core/command-line/flags';
import { anyText } from '@meho/core/command-line/values';
import type { VerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { type ClusterAccess, findAccess } from '@meho/kube/kubeconfig/access';

/** For commands that create things. */
export const clusterFlags = {
  kubeconfig: optional(
    'FILE',
    'kubeconfig to use instead of KUBECONFIG, ~/.kube/config or the pod it runs in',
    anyText('a file name'),
  ),
  context: optional('NAME', 'context of the kubeconfig instead of its current one', anyText('a context name')),
} satisfies Flags;

/** For an identity that binds its own rights. */
export const bindRole = optional(
  'CLUSTERROLE',
  'bind this ClusterRole to our own identity in the namespace before anything else',
  anyText('the name of a ClusterRole'),
);

/** Adds errors to `problems`. */
export async function clusterOf(
  { kubeconfig: file, context }: Partial<ValuesOf<typeof clusterFlags>>,
  env: VerifierEnvironment,
  signal: AbortSignal,
  problems: string[],
): Promise<ClusterAccess | undefined> {
  try {
    const access = await findAccess({ file, context, variable: env.kubeconfig, inCluster: env.inCluster, signal });
    if (access === undefined) {
      problems.push('no kubeconfig: give --kubeconfig or set KUBECONFIG');
    }
    return access;
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    problems.push(...error.problems);
    return undefined;
  }
}
