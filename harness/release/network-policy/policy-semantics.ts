import {
  type CheckEvaluatorOptions,
  checkEvaluator,
  type EvaluatorComparison,
} from '@meho/network-policy/random/check-evaluator';
import { engineSemanticsOf } from '@meho/network-policy/semantics/read-cluster-policies';
import type { Environment } from '../environment/environment.ts';

export { describeTriedSet } from '@meho/network-policy/random/check-evaluator';

/** Compares the evaluator with this cluster's engine on random policies. */
export async function checkSemantics(
  {
    api,
    cluster,
    image,
    request,
  }: Pick<Environment, 'api' | 'cluster' | 'image'> & {
    readonly request: Pick<Environment['request'], 'labels'>;
  },
  asked: Pick<CheckEvaluatorOptions, 'policies' | 'seed' | 'sandboxes' | 'shrinks' | 'onRound' | 'signal'>,
): Promise<EvaluatorComparison> {
  return checkEvaluator(api, {
    ...asked,
    semantics: engineSemanticsOf((await cluster.describe()).policyEngine),
    image: image('probe').reference,
    ownLabels: request.labels,
  });
}
