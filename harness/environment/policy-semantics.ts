import { type Held, type HoldOptions, holdEvaluator } from '../policy/random/hold-evaluator.ts';
import { dialectOf } from '../policy/read-world.ts';
import type { Environment } from './environment.ts';

export { toldDifference } from '../policy/random/hold-evaluator.ts';

/** Holds what the evaluator computes against what this cluster's policy engine does, for random policies. */
export async function holdSemantics(
  {
    api,
    cluster,
    image,
    request,
  }: Pick<Environment, 'api' | 'cluster' | 'image'> & {
    readonly request: Pick<Environment['request'], 'labels'>;
  },
  asked: Pick<HoldOptions, 'policies' | 'seed' | 'plots' | 'shrinks' | 'onRound' | 'signal'>,
): Promise<Held> {
  return holdEvaluator(api, {
    ...asked,
    dialect: dialectOf((await cluster.describe()).policyEngine),
    image: image('probe').reference,
    ownLabels: request.labels,
  });
}
