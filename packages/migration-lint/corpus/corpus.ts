import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { isRuleId, type RuleId } from '../rules/rules.ts';

/**
 * What becomes of image N. `breaks`: a request or read fails. `loses`: rows or values it wrote are gone or changed.
 * `alters`: what it writes or reads later differs. `stalls`: locked out during a full scan. `refused`: Postgres rejects
 * the migration on a table with rows; the rest is seen on an empty one.
 */
const outcomes = ['fine', 'breaks', 'loses', 'alters', 'stalls', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];

export interface CorpusMigration {
  readonly file: string;
  readonly what: string;
  readonly kind: 'additive' | 'destructive' | 'harmless here';
  /** How it disguises its effect. */
  readonly hidden: string | undefined;
  readonly lint: readonly RuleId[];
  readonly warnings: readonly RuleId[];
  readonly reality: readonly Outcome[];
  /** Why the lint rightly objects though nothing breaks here. */
  readonly falseAlarm: string | undefined;
}

export const corpusFolder = import.meta.dirname;

/** @throws UsageError listing every problem */
export async function readCorpus(folder: string): Promise<readonly CorpusMigration[]> {
  const parsed: unknown = JSON.parse(await readFile(path.join(folder, 'corpus.json'), 'utf8'));
  const list =
    typeof parsed === 'object' && parsed !== null && 'migrations' in parsed && Array.isArray(parsed.migrations)
      ? parsed.migrations
      : [];
  const migrations = list.map(migrationOf);
  const problems = migrations.flatMap((migration) => problemsOf(migration));
  if (migrations.length < 40) {
    problems.push(`${folder}: expected at least 40 migrations, found ${migrations.length}`);
  }
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return migrations;
}

function migrationOf(entry: Readonly<Record<string, unknown>>): CorpusMigration {
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : undefined);
  const texts = (name: string) => (Array.isArray(entry[name]) ? entry[name].map(String) : []);
  const kind = text('kind');
  return {
    file: text('file') ?? '',
    what: text('what') ?? '',
    kind: kind === 'additive' || kind === 'destructive' ? kind : 'harmless here',
    hidden: text('hidden'),
    lint: texts('lint').filter(isRuleId),
    warnings: texts('warnings').filter(isRuleId),
    reality: texts('reality').flatMap((name) => outcomes.find((outcome) => outcome === name) ?? []),
    falseAlarm: text('falseAlarm'),
  };
}

/** A self-contradictory corpus proves nothing. */
function problemsOf({ file, lint, reality, falseAlarm }: CorpusMigration): string[] {
  const isFine = reality.length === 1 && reality[0] === 'fine';
  return [
    ...(reality.length === 0 ? [`${file}: expected at least one outcome of ${outcomes.join(', ')}`] : []),
    ...(!isFine && lint.length === 0
      ? [`${file}: expected a finding of the lint, because N does not get through it`]
      : []),
    ...(isFine && lint.length > 0 && falseAlarm === undefined
      ? [`${file}: expected an explanation of the false alarm`]
      : []),
  ];
}
