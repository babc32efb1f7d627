/** What was predicted of each migration of the corpus, what ran it, and what was seen. */
export interface CorpusRecord {
  /** On what it was tried. */
  readonly about: string;
  readonly rows: readonly CorpusRecordRow[];
}

export interface CorpusRecordRow {
  readonly file: string;
  readonly what: string;
  /** Ids of rules, `warns: ID`, or `additive`. */
  readonly predicted: readonly string[];
  /** By whom it was applied, under which locks, or why it was refused. */
  readonly executed: readonly string[];
  /** What Postgres' catalogue has gained and lost. */
  readonly changes: readonly string[];
  /** What became of image N: `fine`, or in which ways it isn't. */
  readonly outcomes: readonly string[];
  readonly details: readonly string[];
  readonly verdict: 'agrees' | 'warned' | 'false alarm' | 'MISSED';
  /** Why a false alarm is right. */
  readonly why?: string;
  /** What is otherwise than the corpus says; none in a row that holds. */
  readonly surprises: readonly string[];
}
