import { Problem } from '../problem.ts';

/** GitHub gave no answer that can be used: whatever was asked for stays unknown. */
export class GithubError extends Problem {
  override readonly name = 'GithubError';
  /** Of the answer that was refused; undefined where something else was wrong. */
  readonly status: number | undefined;

  constructor(
    problem: ConstructorParameters<typeof Problem>[0],
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super(problem, options);
    this.status = options?.status;
  }
}
