import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * About, in seconds, set-up included; `npm run bench -- profile` tells them. One of these that is started last would
 * keep a single worker busy.
 */
export const testSeconds: Readonly<Record<string, number>> = {
  'images/recipes/node/node-faults.spec.ts': 190,
  'harness/clusters/k3s.spec.ts': 150,
  'harness/commands/existing-cluster/existing-cluster-acceptance.spec.ts': 130,
  'harness/testing/packages/contract/recorded-by-helm.spec.ts': 95,
  'harness/soak/kill.spec.ts': 90,
  'harness/testing/packages/contract/real-cluster.spec.ts': 80,
  'harness/services/backplane/federation.spec.ts': 60,
  'harness/testing/packages/verifiers/kubectl-differential.spec.ts': 60,
  'images/recipes/node/init.spec.ts': 60,
  'images/recipes/node/node.spec.ts': 50,
  'harness/clusters/kubeconfig.spec.ts': 45,
  'harness/clusters/ingress/controller.spec.ts': 45,
  'harness/testing/packages/contract/audit-log.spec.ts': 45,
  'harness/testing/packages/kube/real-cluster.spec.ts': 45,
  'harness/differential/run-corpus.spec.ts': 40,
  'harness/commands/subject/check-values.spec.ts': 40,
  'harness/commands/scaffold/in-a-copy.process.spec.ts': 27,
  'packages/kube/watch/wait-for-objects.process.spec.ts': 21,
  'packages/verifiers/login/device-flow.process.spec.ts': 20,
  'packages/verifiers/given-pipes.process.spec.ts': 20,
  'packages/verifiers/api-trouble.process.spec.ts': 20,
  'packages/core/process/wait-for-exit.process.spec.ts': 18,
  'packages/verifiers/inputs.process.spec.ts': 18,
  'packages/verifiers/login/device-flow-refusal.process.spec.ts': 16,
  'packages/verifiers/other-programs.process.spec.ts': 15,
  'packages/verifiers/canary.process.spec.ts': 15,
};

/** @param file absolute */
export function secondsOf(file: string): number {
  return testSeconds[path.relative(repositoryRoot, file)] ?? 0;
}

/** Keeps the runner's order for other files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => secondsOf(b.moduleId) - secondsOf(a.moduleId));
  }
}
