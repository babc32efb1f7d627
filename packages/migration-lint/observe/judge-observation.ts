import type { Driver } from '../environment.ts';
import type { Recording } from '../execute/recording.ts';
import type { RawFinding } from '../finding.ts';
import type { RuleId } from '../rules/rules.ts';
import { lineOf, type SourceText } from '../source-text.ts';
import { account } from './account.ts';
import { describe } from './describe.ts';
import { concerning, type Made } from './made.ts';
import type { HeldLock, Observation } from './observation.ts';
import { onPrepared } from './prepared.ts';

/** What became of a migration on a Postgres at N, held against what was predicted of it. */
export interface ObservationReport {
  /** Changes of the catalogue that no image minds. */
  readonly additive: number;
  /** Others that the rules had judged. */
  readonly foretold: number;
  /** Others that no rule had judged; each is a finding. */
  readonly unforeseen: number;
  /** Predicted, and not there. */
  readonly unseen: readonly { readonly rule: RuleId; readonly line: number; readonly message: string }[];
  /** What new columns do to statements that N has prepared. */
  readonly prepared?: string;
  /** Until its transactions end, on tables that were there before. */
  readonly locks: readonly HeldLock[];
  readonly notObserved: readonly string[];
}

interface Judging {
  /** By earlier migrations of the range; takes up what this one makes. */
  readonly made: Made;
  /** Of its text and of what it sent. */
  readonly findings: readonly RawFinding[];
  /** That env.py names. */
  readonly driver: Driver | undefined;
}

/** Holds what the catalogue shows against what was predicted and sent. */
export function judgeObservation(
  source: SourceText,
  { observation, recording }: { readonly observation: Observation; readonly recording: Recording },
  { made, findings, driver }: Judging,
): { readonly found: RawFinding[]; readonly report: ObservationReport } {
  const sent = recording.statements.filter(({ kind }) => kind === 'sql').map(({ sql }) => sql);
  const { changes, additive } = concerning(observation.changes, made);
  const accounted = account(changes, { findings, statements: sent });
  const frame = upgradeOf(source);
  const prepared = onPrepared(changes, driver);
  return {
    found: accounted.unforeseen.map((change) => {
      const message = `${describe(change)}, which no finding foretold`;
      return { rule: 'unforeseen-change', message, offset: frame.start, frames: [frame], statement: '', sql: message };
    }),
    report: {
      additive: additive + accounted.additive,
      foretold: accounted.foretold,
      unforeseen: accounted.unforeseen.length,
      unseen: accounted.unseen.map(({ rule, offset, message }) => ({ rule, message, line: lineOf(source, offset) })),
      ...(prepared === undefined ? {} : { prepared }),
      locks: observation.locks ?? [],
      notObserved: unobservedLocks(observation, recording, sent),
    },
  };
}

function unobservedLocks({ locks }: Observation, { statements }: Recording, sent: readonly string[]): string[] {
  return [
    ...(locks === undefined ? ['its locks: pg_locks did not answer'] : []),
    ...(statements.some(({ kind }) => kind === 'autocommit') ? ['the locks within its autocommit block'] : []),
    ...(sent.some((sql) => /\b(?:commit|rollback|end|abort)\s*;?\s*$/i.test(sql) && sql.trim().split(/\s+/).length <= 3)
      ? ['the locks before the end of a transaction that it writes']
      : []),
  ];
}

/** Where an override of what can't be laid at one statement's door may stand: before upgrade() or anywhere in it. */
function upgradeOf({ text }: SourceText): { readonly start: number; readonly end: number } {
  const start = Math.max(/^def upgrade\b/m.exec(text)?.index ?? 0, 0);
  const next = /^\S/m.exec(text.slice(text.indexOf('\n', start) + 1));
  const end = next === null ? text.length : text.indexOf('\n', start) + 1 + next.index;
  return { start, end };
}
