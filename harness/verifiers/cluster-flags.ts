import type { VerifierEnvironment } from '../config.ts';
import { type ClusterAccess, findAccess } from '../kube/access.ts';
import { UsageError } from '../problem.ts';
import { type Flags, optional, type ValuesOf } from './flags.ts';
import { anyText } from './values.ts';

/** Where the cluster is, for commands that make things on one. */
export const clusterFlags = {
  kubeconfig: optional(
    'FILE',
    'kubeconfig to use instead of KUBECONFIG, ~/.kube/config or the pod it runs in',
    anyText('a file name'),
  ),
  context: optional('NAME', 'context of the kubeconfig instead of its current one', anyText('a context name')),
} satisfies Flags;

/** For an identity whose rights come with a RoleBinding of its own making. */
export const bindRole = optional(
  'CLUSTERROLE',
  'bind this ClusterRole to our own identity in the namespace before anything else',
  anyText('the name of a ClusterRole'),
);

/** The cluster that flags and environment name; what is wrong is added to the other problems. */
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
