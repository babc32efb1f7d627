import path from 'node:path';
import { secondGitSha } from '../images/second-backplane/recipe.ts';
import { repositoryRoot } from '../repository.ts';
import type { Environment } from './environment.ts';
import { judgedImage } from './judged-image.ts';
import type { SubjectRequest } from './request.ts';

const chart = path.join(repositoryRoot, 'fixtures', 'second-deployment', 'chart');

/**
 * The same cluster and services with another chart and image in the place of ours: what tells a promise of the contract
 * from a habit of our own chart. Borrowed: whoever started the environment removes it.
 */
export async function withSecondDeployment(environment: Environment): Promise<Environment> {
  const image = environment.image('second-backplane');
  await environment.cluster.loadImages([image]);
  const subject: SubjectRequest = {
    ...environment.request.subject,
    chart,
    valuesFiles: [],
    image: { reference: image.reference, gitSha: secondGitSha },
  };
  return {
    ...environment,
    request: { ...environment.request, subject },
    judged: await judgedImage(subject, image),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
