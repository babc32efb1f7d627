import type { RawFinding } from '../finding.ts';
import { isUnjudged, type RuleId } from '../rules/rules.ts';
import type { Change } from './diff.ts';
import { effectOf } from './effect.ts';

export interface Account {
  /** What no image minds. */
  readonly additive: number;
  /** A finding names it, or the rules saw its statement and have nothing against it. */
  readonly foretold: number;
  readonly unforeseen: readonly Change[];
  /** Findings of what a catalogue shows, without such a change in it. */
  readonly unseen: readonly RawFinding[];
}

export interface Predicted {
  readonly findings: readonly RawFinding[];
  /** What Alembic sent. */
  readonly statements: readonly string[];
}

/** What these find is always a change of the catalogue, unless nothing was there to be changed. */
const shown: ReadonlySet<RuleId> = new Set<RuleId>([
  ...(['drop-table', 'drop-column', 'drop-constraint', 'drop-index', 'drop-object', 'drop-default'] as const),
  ...(['change-default', 'drop-not-null', 'rename-table', 'rename-column', 'rename-object', 'set-not-null'] as const),
  ...(['rename-enum-value', 'add-enum-value', 'change-column-type', 'create-trigger', 'change-owner'] as const),
]);

/** Holds changes of what image N knows against what was foretold of them. */
export function account(changes: readonly Change[], { findings, statements }: Predicted): Account {
  const unjudged = new Set(findings.filter(({ rule }) => isUnjudged(rule)).map(sqlOf));
  const judged = statements.filter((sql) => !unjudged.has(sql));
  const used = new Set<RawFinding>();
  const unforeseen: Change[] = [];
  let [additive, foretold] = [0, 0];
  for (const change of changes) {
    const effect = effectOf(change);
    if (effect.kind === 'additive') {
      additive += 1;
      continue;
    }
    const { rules } = effect;
    const names = namesOf(change);
    const matching = findings.filter((finding) => rules.includes(finding.rule) && foretells(finding, names, change));
    for (const finding of matching) {
      used.add(finding);
    }
    if (matching.length > 0 || (effect.kind === 'depends' && judged.some((sql) => mentions(sql, names)))) {
      foretold += 1;
    } else {
      unforeseen.push(change);
    }
  }
  const unseen = findings.filter((finding) => shown.has(finding.rule) && !used.has(finding));
  return { additive, foretold, unforeseen, unseen };
}

/** Statements about many things at once name none of them. */
const wholesale =
  /\b(?:cascade|owned\s+by|all\s+(?:tables|sequences|functions|procedures|routines|in)|trigger\s+(?:all|user))\b/i;

function foretells(finding: RawFinding, names: readonly string[], change: Change): boolean {
  const sql = sqlOf(finding);
  const text = `${finding.message}\n${sql}`;
  return (
    mentions(text, names) ||
    finding.message.includes('<unknown>') ||
    (wholesale.test(sql) && isTakenWholesale(change)) ||
    (finding.rule.startsWith('rename-') && mentions(text, lostWords(change)))
  );
}

function isTakenWholesale({ what, fact = '' }: Change): boolean {
  return what === 'removed' || ['number', 'file', 'owner', 'privileges', 'enabled'].includes(fact);
}

function namesOf({ what, entry: { name, of, kind }, parents }: Change): string[] {
  const own = last(kind === 'function' ? name.replace(/\(.*$/, '') : name);
  const names = [own, ...parents.map(last)];
  // Postgres names what has no name.
  return what === 'added' && of !== null && kind !== 'column' ? [...names, last(of)] : names;
}

/** A rename changes the text of everything that names it. */
function lostWords({ before, after }: Change): string[] {
  const kept = new Set(words(after));
  return words(before).filter((word) => !kept.has(word));
}

function words(text: string | null | undefined): string[] {
  return text?.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
}

function mentions(text: string, names: readonly string[]): boolean {
  const folded = text.toLowerCase();
  const known = new Set(words(folded));
  return names
    .map((name) => name.toLowerCase())
    .some((name) => known.has(name) || (words(name)[0] !== name && folded.includes(name)));
}

function last(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function sqlOf({ sql, statement }: RawFinding): string {
  return sql ?? statement;
}
