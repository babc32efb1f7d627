import type { CorpusRecord } from './corpus/corpus-record.ts';
import type { RollbackRecord } from './rollback/rollback-record.ts';
import type { Tally } from './tally.ts';
import type { Phase } from './timeline.ts';

/** What was tested and where, without secrets. */
export interface TestSubject {
  readonly cluster: {
    readonly distribution: string;
    readonly kubernetesVersion: string;
    readonly policyEngine: string;
    readonly origin: string;
  };
  readonly chart: { readonly reference: string; readonly name: string; readonly version: string };
  /** Its version; absent in reports of earlier versions. */
  readonly helm?: string;
  readonly release: string;
  readonly image: { readonly reference: string; readonly gitSha: string };
  readonly images: readonly TestedImage[];
}

export interface TestedImage {
  readonly name: string;
  readonly reference: string;
  /** `sha256:…`, from the engine. */
  readonly id: string;
  readonly origin: 'engine' | 'registry' | 'built';
}

export interface TestReport {
  /** E.g. `suites/smoke/federation.spec.ts`. */
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** A skip's reason, or the failure. */
  readonly detail?: string;
  /** Tests overlap: without it, times only add up. */
  readonly startedAt?: string;
  /** What the failure says in parts, where it has any. */
  readonly failure?: FailureParts;
  /** The command that runs it alone, of one that failed. */
  readonly rerun?: string;
  /** Folders of evidence, relative to the report. */
  readonly evidence?: readonly string[];
}

export interface FailureParts {
  readonly expected?: string;
  readonly observed?: string;
  readonly cause?: string;
  readonly next?: string;
}

/** A test may want it violated. */
export interface CheckRecord {
  readonly test: string;
  readonly id: string;
  readonly title: string;
  readonly outcome: 'holds' | 'violated' | 'unknown' | 'skipped';
  readonly expected?: string;
  readonly observed?: string;
  readonly hint?: string;
  /** From the repository's root. */
  readonly page?: string;
  readonly reason?: string;
  /** What it looked at, of one that doesn't hold: a line each. */
  readonly evidence?: readonly string[];
  readonly durationMs: number;
}

/** What became of one promise; a run may ask for a part of its stories. */
export interface PromiseReport {
  /** Of its folder in `suites/`, and of its faults. */
  readonly id: string;
  readonly title: string;
  readonly promise: string;
  readonly state: PromiseState;
  readonly stories: Tally;
  /** Whether all of its stories were asked for. */
  readonly isWhole: boolean;
  readonly checks: {
    /** Different ones. */
    readonly ids: number;
    readonly made: number;
  };
  /** Time in which any of its tests ran. */
  readonly durationMs: number;
  readonly faults: FaultsSeen;
  /** Absent where no earlier run in the same folder judged it. */
  readonly since?: Since;
}

export type PromiseState =
  | 'broken'
  | 'blind'
  | 'unfinished'
  | 'not proven'
  | 'partly proven'
  | 'holds'
  | 'sees its faults'
  | 'not asked';

export interface FaultsSeen {
  /** That this build has. */
  readonly known: number;
  /** Titles of those injected by this run, and seen. */
  readonly seen: readonly string[];
  readonly missed: readonly string[];
  /** Ids of checks that were red in stories which break something on purpose, and passed. */
  readonly redInStories: readonly string[];
  /** By an earlier run of the same build. */
  readonly seenBefore?: { readonly count: number; readonly at: string };
}

/** The runs are named by their start. */
export interface Since {
  readonly held?: { readonly at: string; readonly gitSha?: string };
  readonly broke?: { readonly at: string; readonly gitSha?: string };
}

/** Published as `run-report.schema.json`. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly outcome: 'passed' | 'failed';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly tally: Tally;
  /** Absent if no environment came up. */
  readonly underTest?: TestSubject;
  /** In ms since the run's start. */
  readonly phases: readonly Phase[];
  readonly tests: readonly TestReport[];
  readonly checks: readonly CheckRecord[];
  /** Relative to the report. */
  readonly attachments: readonly Attachment[];
  readonly promises?: readonly PromiseReport[];
  /** The line for the shell that comes next; absent where nothing does. */
  readonly next?: string;
  /** Set if it ended before its end: then it is no verdict. */
  readonly ended?: EndedEarly;
  /** What a load saw while a release went from N to N+1 and back, of a run that did. */
  readonly rollback?: RollbackRecord;
  /** What was predicted of migrations, executed and observed, of a run of the corpus. */
  readonly corpus?: CorpusRecord;
  /** Of a run that is a share of another. */
  readonly shard?: ShardRecord;
  /** Of several shards put together: what each story took, without what came before all of them. */
  readonly stories?: readonly { readonly file: string; readonly durationMs: number }[];
  /** Of several shards put together: what came before the stories of one. */
  readonly setUpMs?: number;
}

export interface EndedEarly {
  readonly how: 'interrupted' | 'broke off';
  /** The phase in which it ended. */
  readonly during?: string;
  readonly why: string;
}

/** Which part of which whole, so that a whole can be made of it. */
export interface ShardRecord {
  /** From 1 on. */
  readonly index: number;
  readonly total: number;
  /** This shard's. */
  readonly stories: readonly string[];
  /** Of all shards. */
  readonly all: readonly string[];
  /** `number`, or `times` and a digest of them. */
  readonly splitBy: string;
  /** Of this repository. */
  readonly commit: string;
  /** Whether tracked files were changed since. */
  readonly isDirty: boolean;
  /** What was judged and how, as flags. */
  readonly options: readonly string[];
}

export interface Attachment {
  readonly kind: 'evidence' | 'matrix' | 'results';
  readonly path: string;
}

/** Removes secrets and line breaks in one place. */
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

/** Failed tests, then skipped ones, in order. */
export function worstFirst(tests: readonly TestReport[]): readonly TestReport[] {
  const rank = { failed: 0, skipped: 1, passed: 2 } as const;
  return tests.toSorted((a, b) => rank[a.state] - rank[b.state]);
}
