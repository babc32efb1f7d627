import type { Case, Cases } from '../../testing/cases.ts';
import type { Rule } from '../rule.ts';

/** A migration of the corpus, whose file shows the rule at work. */
export interface CorpusEntry {
  readonly file: string;
  readonly what: string;
  readonly lint: readonly string[];
  readonly warnings?: readonly string[];
}

export interface RulePage {
  readonly rule: Rule;
  /** Undefined for rules of commits. */
  readonly cases: Cases | undefined;
  readonly corpus: readonly CorpusEntry[];
  /** What somebody wrote below the marker; it stays. */
  readonly byHand: string;
}

export const marker = '<!-- Above: written from the rule and its tests. Below: by hand. -->\n';

const groups = {
  additive: 'image N may fail on, lose or misread data on the new schema',
  availability: 'image N may not answer while the migration runs',
  lint: 'the lint can vouch for nothing here',
} as const;

const shownOfEach = 2;

/** The page of a rule, from what its code and its tests say. */
export function rulePage({ rule, cases, corpus, byHand }: RulePage): string {
  const { id, group, severity, title, reason, safeWay } = rule;
  const shown = corpus.filter(({ lint, warnings = [] }) => [...lint, ...warnings].includes(id));
  return [
    `# ${id}\n\n${title}.`,
    `Severity \`${severity}\`; group \`${group}\`: ${groups[group]}.`,
    `## Why\n\n${sentence(reason)}`,
    `## What to do instead\n\n${sentence(safeWay)}`,
    ...(cases === undefined ? [] : [examples('Found', cases.red), examples('Not found', cases.green)]),
    ...(shown.length === 0 ? [] : [`## Tried on a real Postgres\n\n${shown.map(line).join('\n')}`]),
    `## Look by hand\n\n\`\`\`sh\nmeho-acceptance migration-compat ${flagsOf(id)}--range origin/main...HEAD migrations/\n\`\`\``,
    `## Let it pass\n\n${letItPass(rule)}`,
    `${marker}${byHand}`,
  ].join('\n\n');
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The shortest say most; of Alembic one where there is no SQL. */
function examples(title: string, cases: readonly Case[]): string {
  const few = (texts: readonly string[]) => texts.toSorted((a, b) => a.length - b.length).slice(0, shownOfEach);
  const sql = few(cases.filter((each) => typeof each === 'string'));
  const python = few(cases.flatMap((each) => (typeof each === 'string' ? [] : [each.python])));
  const code =
    sql.length > 0 ? `\`\`\`sql\n${sql.map((each) => `${each};`).join('\n')}` : `\`\`\`python\n${python.join('\n')}`;
  return `## ${title}\n\n${code}\n\`\`\``;
}

const line = ({ file, what }: CorpusEntry) =>
  `- [${file}](../../packages/migration-lint/corpus/migrations/${file}): ${what}`;

/** Without them nothing finds it. */
const flagsOf = (id: string) => (id === 'unforeseen-change' ? '--execute --postgres 17 --observe ' : '');

/** As overrides.ts has it. */
const notAllowed: ReadonlySet<string> = new Set([
  'budget-exhausted',
  'override-without-reason',
  'override-unknown-rule',
]);

function letItPass({ id, group, severity }: Rule): string {
  const warning = 'It is a warning, which fails the run only with `--fail-on warning`.';
  const unjudged = '`--allow-unjudged` makes it a warning, and the last line counts the places.';
  if (notAllowed.has(id)) {
    return 'Nothing lets it pass: mend what it names.';
  }
  if (group === 'lint' && severity === 'warning') {
    return warning;
  }
  return [
    ...(severity === 'warning' ? [warning] : []),
    ...(group === 'lint' ? [unjudged] : []),
    `Where you know better, say so before the statement. The override is printed:\n\n\`\`\`sql\n-- meho:allow ${id} because <reason>\n\`\`\``,
  ].join('\n\n');
}
