import { Problem } from '../problem.ts';

/** GitHub gave no answer that can be used: whatever was asked for stays unknown. */
export class GithubError extends Problem {
  override readonly name = 'GithubError';
}
