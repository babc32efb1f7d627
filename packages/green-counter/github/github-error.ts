import { Problem } from '@meho/core/problem';

/** No usable answer: the result stays unknown. */
export class GithubError extends Problem {
  override readonly name = 'GithubError';
  /** Undefined if the fault isn't a refusal. */
  readonly status: number | undefined;

  constructor(
    problem: ConstructorParameters<typeof Problem>[0],
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super(problem, options);
    this.status = options?.status;
  }
}
