import { readdir, readFile } from 'node:fs/promises';
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
  readonly observed: readonly Outcome[];
  /** Why the lint rightly objects though nothing breaks here. */
  readonly falseAlarm: string | undefined;
}

export const corpusFolder = import.meta.dirname;

const kinds = ['additive', 'destructive', 'harmless here'] as const satisfies readonly CorpusMigration['kind'][];
const members = ['file', 'what', 'kind', 'hidden', 'lint', 'warnings', 'observed', 'falseAlarm'];

/**
 * Reads `corpus.json` in the folder and checks it against the `migrations/` beside it.
 * @throws UsageError listing every problem
 */
export async function readCorpus(folder: string): Promise<readonly CorpusMigration[]> {
  const parsed: unknown = JSON.parse(await readFile(path.join(folder, 'corpus.json'), 'utf8'));
  const list: readonly unknown[] =
    typeof parsed === 'object' && parsed !== null && 'migrations' in parsed && Array.isArray(parsed.migrations)
      ? parsed.migrations
      : [];
  const entries = list.map(entryOf);
  const migrations = entries.map(({ migration }) => migration);
  const problems = entries.flatMap((entry) => [...entry.problems, ...problemsOf(entry.migration)]);
  if (migrations.length < 40) {
    problems.push(`${folder}: expected at least 40 migrations, found ${migrations.length}`);
  }
  problems.push(...(await filesWithoutEntry(folder, migrations)));
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return migrations;
}

/** A word that nobody knows would otherwise expect less than its writer meant. */
function entryOf(entry: unknown): { readonly migration: CorpusMigration; readonly problems: readonly string[] } {
  const fields = new Map(Object.entries(typeof entry === 'object' && entry !== null ? entry : {}));
  const file = String(fields.get('file') ?? '');
  const problems = [...fields.keys()]
    .filter((name) => !members.includes(name))
    .map((name) => `${file}: expected members ${members.join(', ')}, found ${name}`);
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const words = <T extends string>(name: string, isKnown: (word: string) => word is T): readonly T[] => {
    const value: unknown = fields.get(name) ?? [];
    const given = (Array.isArray(value) ? value : [value]).map(String);
    problems.push(...given.filter((word) => !isKnown(word)).map((word) => `${file}: ${name} has no ${word}`));
    return given.filter(isKnown);
  };
  const [kind = 'harmless here'] = words('kind', isOneOf(kinds));
  const migration = {
    file,
    what: text('what') ?? '',
    kind,
    hidden: text('hidden'),
    lint: words('lint', isRuleId),
    warnings: words('warnings', isRuleId),
    observed: words('observed', isOneOf(outcomes)),
    falseAlarm: text('falseAlarm'),
  };
  return { migration, problems };
}

const isOneOf =
  <T extends string>(known: readonly T[]) =>
  (word: string): word is T =>
    known.some((one) => one === word);

/** What migrations share is in files of these names; it is no migration. */
const shared = new Set(['corpus_helpers.py', 'statement.txt']);

async function filesWithoutEntry(folder: string, migrations: readonly CorpusMigration[]): Promise<string[]> {
  const files = (await readdir(path.join(folder, 'migrations'))).filter((file) => !shared.has(file));
  const listed = migrations.map(({ file }) => file);
  return [
    ...files.filter((file) => !listed.includes(file)).map((file) => `${file}: has no entry, so that nothing runs it`),
    ...listed.filter((file) => !files.includes(file)).map((file) => `${file}: is listed, and isn't in migrations/`),
    ...listed
      .filter((file, index) => listed.indexOf(file) !== index)
      .map((file) => `${file}: is listed more than once`),
  ];
}

/** A self-contradictory corpus proves nothing. */
function problemsOf({ file, lint, observed, falseAlarm }: CorpusMigration): string[] {
  const isFine = observed.length === 1 && observed[0] === 'fine';
  return [
    ...(observed.length === 0 ? [`${file}: expected at least one outcome of ${outcomes.join(', ')}`] : []),
    ...(!isFine && lint.length === 0
      ? [`${file}: expected a finding of the lint, because N does not get through it`]
      : []),
    ...(isFine && lint.length > 0 && falseAlarm === undefined
      ? [`${file}: expected an explanation of the false alarm`]
      : []),
  ];
}
