/**
 * A check is a value: one promise of a deployment, with what must be at hand to look at it. Suites and verifiers take
 * the same checks from here.
 */

/** What a check needs before it can be made. What is missing makes it a skip with the reason. */
export type Need = 'cluster' | 'https' | 'database' | 'token';

export type Verdict =
  | { readonly outcome: 'holds'; readonly observed: string; readonly evidence?: readonly string[] }
  | {
      readonly outcome: 'violated';
      readonly expected: string;
      readonly observed: string;
      /** Where to look first: a sentence or a command that works when pasted. */
      readonly hint: string;
      /** `advice` is reported as a warning and doesn't fail the run. */
      readonly severity: 'failure' | 'advice';
      readonly evidence?: readonly string[];
    }
  | {
      /** The look itself failed (transport, permission, malformed answer): never a green line. */
      readonly outcome: 'unknown';
      readonly expected: string;
      readonly observed: string;
      readonly hint: string;
    }
  | {
      /** Not made, with the reason and what the operator can run instead. */
      readonly outcome: 'skipped';
      readonly reason: string;
    };

export interface Check<Target> {
  /** Stable and machine-readable, e.g. `deployment-available`. */
  readonly id: string;
  /** A promise in words, e.g. `Deployment is available`. */
  readonly title: string;
  readonly needs: readonly Need[];
  /** Ids of checks whose violation makes this one pointless; it is then skipped with that reason. */
  readonly after?: readonly string[];
  /** Looks once; reads only. Must not throw for anything the deployment may do: that is what `unknown` is for. */
  run(target: Target, signal: AbortSignal): Promise<Verdict>;
}
