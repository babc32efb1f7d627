import type { Tally } from './tally.ts';
import type { Phase } from './timeline.ts';

/** What was judged and where: nothing in it is secret. */
export interface UnderTest {
  readonly cluster: {
    readonly distribution: string;
    readonly kubernetesVersion: string;
    readonly policyEngine: string;
    readonly origin: string;
  };
  readonly chart: { readonly reference: string; readonly name: string; readonly version: string };
  readonly release: string;
  readonly image: { readonly reference: string; readonly gitSha: string };
  readonly images: readonly ImageUnderTest[];
}

export interface ImageUnderTest {
  readonly name: string;
  readonly reference: string;
  /** The engine's image id, `sha256:…`. */
  readonly id: string;
  /** Where its bits came from. */
  readonly origin: 'engine' | 'registry' | 'built';
}

/** One test of a suite. */
export interface TestReport {
  /** File below the repository, e.g. `suites/smoke/federation.spec.ts`. */
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Why it was skipped, or what failed. */
  readonly detail?: string;
}

/** What a check said in a test. Where a test breaks something on purpose, a check that is violated is what it wants. */
export interface CheckRecord {
  readonly test: string;
  readonly id: string;
  readonly title: string;
  readonly outcome: 'holds' | 'violated' | 'unknown' | 'skipped';
  readonly expected?: string;
  readonly observed?: string;
  readonly hint?: string;
  readonly reason?: string;
  readonly durationMs: number;
}

/** A run as it is reported; `run-report.schema.json` is its published shape. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly outcome: 'passed' | 'failed';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly tally: Tally;
  /** Absent where no environment came up. */
  readonly underTest?: UnderTest;
  /** Start and length in milliseconds since the run's start. */
  readonly phases: readonly Phase[];
  readonly tests: readonly TestReport[];
  readonly checks: readonly CheckRecord[];
  /** Files and folders beside the report, as relative paths. */
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly kind: 'evidence' | 'matrix' | 'results';
  readonly path: string;
}

/** Every text in a document, changed by a function: what is secret or breaks a line is taken out in one place. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') {
    return change(value) as T;
  }
  if (Array.isArray(value)) {
    return value.map((item) => mapTexts(item, change)) as T;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)])) as T;
  }
  return value;
}

/** The tests first of all that failed, then those that were skipped, each group in its order. */
export function worstFirst(tests: readonly TestReport[]): readonly TestReport[] {
  const rank = { failed: 0, skipped: 1, passed: 2 } as const;
  return tests.toSorted((a, b) => rank[a.state] - rank[b.state]);
}
