import { endWithoutVerdict, errorDocument } from '@meho/core/command-line/error-document';
import { defaulted, optional, readFlags, toggle, type ValuesOf } from '@meho/core/command-line/flags';
import { asksForHelp, usage } from '@meho/core/command-line/usage';
import { anyText, oneOf } from '@meho/core/command-line/values';
import { UsageError } from '@meho/core/problem';
import { jsonText, safeLine } from '@meho/core/report/safe-text';
import { type CompatReport, type CompatRequest, checkMigrations } from '../compat.ts';
import { executeFlags, executeOptions, executeProblems } from '../execute/execute-flags.ts';
import { githubLines } from '../report/github.ts';
import { jsonReport } from '../report/json.ts';
import { sarifReport } from '../report/sarif.ts';
import { baselineNotes, summaryOf, textLines } from '../report/text.ts';
import { ruleIds, rules } from '../rules/rules.ts';

export const migrationCompatFlags = {
  range: optional(
    'A..B',
    'only the migrations that these commits add or change, as they are at B',
    anyText('two commits as A..B'),
  ),
  output: defaulted('FORMAT', 'text, json, sarif or github', oneOf('text', 'json', 'sarif', 'github'), 'text'),
  'fail-on': defaulted(
    'SEVERITY',
    'the least severity that fails: error or warning',
    oneOf('error', 'warning'),
    'error',
  ),
  'allow-unjudged': toggle('what can not be parsed or followed is a warning, and its number is said'),
  strict: toggle('the default since what can not be parsed or followed is an error; still accepted'),
  'assume-lock-timeout': toggle('the runner sets lock_timeout: statements need not'),
  baseline: optional(
    'FILE',
    'findings that this file accepts do not fail, and their number is said; with --range it is read as it was before',
    anyText('a file'),
  ),
  'write-baseline': optional(
    'FILE',
    'accept what is found today in this file; the verdict of this run is not changed',
    anyText('a file'),
  ),
  ...executeFlags,
  rules: toggle('print every rule with its reason and safe way, and exit'),
};

export interface CompatIo {
  /** How it was called, for the usage. */
  readonly command: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** For GitHub's annotations; `out` where absent. */
  readonly annotations?: (text: string) => void;
  /** Hides secrets in what the user wrote. */
  readonly safe: (text: string) => string;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

const summary = `Judges migrations before they ship: does image N run on the schema they lead to, and does it keep answering while
they run? Takes folders and files (SQL, Alembic); with --range they limit it. A statement is allowed by a comment
before it: -- meho:allow <rule> because <reason> (Python: # meho:allow …).`;

/** `[flags] [FOLDER|FILE …]`. @returns 0 compatible, 1 findings, 2 could not run as asked */
export async function runMigrationCompat(argv: readonly string[], io: CompatIo): Promise<0 | 1 | 2> {
  if (asksForHelp(argv)) {
    const command = `${io.command} [FOLDER|FILE …]`;
    const exitCodes = '0 compatible, 1 not, 2 it could not be judged';
    io.out(usage({ command, summary, flags: migrationCompatFlags, environment: {}, exitCodes }));
    return 0;
  }
  try {
    const { values, paths } = readArguments(argv);
    if (values.rules) {
      io.out(ruleList());
      return 0;
    }
    const request: CompatRequest = {
      cwd: io.cwd,
      paths,
      range: values.range,
      allowUnjudged: values['allow-unjudged'],
      assumeLockTimeout: values['assume-lock-timeout'],
      failOn: values['fail-on'],
      execute: executeOptions(values),
      baseline: values.baseline,
      writeBaseline: values['write-baseline'],
      signal: io.signal,
    };
    const report = await checkMigrations(request);
    const exitCode = report.outcome === 'compatible' ? 0 : 1;
    print(report, values.output, exitCode, io);
    return exitCode;
  } catch (error) {
    const { problems } = endWithoutVerdict('migration-compat', { error, signal: io.signal, progress: undefined });
    if (readFlags(migrationCompatFlags, split(argv).flagged).values.output === 'json') {
      io.out(errorDocument('migration-compat', problems.map(io.safe)));
    }
    for (const problem of problems) {
      io.err(`${io.safe(`error: ${problem}`)}\n`);
    }
    return 2;
  }
}

function readArguments(argv: readonly string[]): {
  values: ValuesOf<typeof migrationCompatFlags>;
  paths: readonly string[];
} {
  const { flagged, paths } = split(argv);
  const { values, problems } = readFlags(migrationCompatFlags, flagged);
  const missing =
    paths.length === 0 && values.range === undefined && values.rules !== true
      ? ['expected a folder or file of migrations, or --range A..B']
      : [];
  const contradicting =
    values.strict === true && values['allow-unjudged'] === true
      ? ['expected --strict or --allow-unjudged, got both: the one refuses what the other allows']
      : [];
  const executing = executeProblems(values);
  const writing = values['write-baseline'] !== undefined;
  if (writing && values.baseline !== undefined) {
    contradicting.push('expected --baseline or --write-baseline, got both: write first, then judge with it');
  }
  if (writing && values.range !== undefined) {
    contradicting.push('expected --write-baseline without --range: it accepts what whole folders hold');
  }
  if (problems.length + missing.length + contradicting.length + executing.length > 0) {
    throw new UsageError([...problems, ...missing, ...contradicting, ...executing]);
  }
  // Complete if there are no problems.
  return { values: values as ValuesOf<typeof migrationCompatFlags>, paths };
}

/** Everything behind `--` is a path. */
function split(argv: readonly string[]): { flagged: string[]; paths: string[] } {
  const takesValue = (arg: string) =>
    Object.entries(migrationCompatFlags).some(
      ([name, flag]) => arg === `--${name}` && 'placeholder' in flag && flag.placeholder !== undefined,
    );
  const flagged: string[] = [];
  const paths: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? '';
    if (arg === '--') {
      paths.push(...argv.slice(index + 1));
      break;
    }
    if (!arg.startsWith('-')) {
      paths.push(arg);
      continue;
    }
    flagged.push(arg);
    const value = argv[index + 1];
    if (takesValue(arg) && value !== undefined) {
      flagged.push(value);
      index += 1;
    }
  }
  return { flagged, paths };
}

function print(
  report: CompatReport,
  output: 'text' | 'json' | 'sarif' | 'github',
  exitCode: 0 | 1,
  io: CompatIo,
): void {
  if (output === 'json' || output === 'sarif') {
    const document = output === 'json' ? jsonReport(report, exitCode) : sarifReport(report, exitCode);
    io.out(`${jsonText(document)}\n`);
    return;
  }
  if (output === 'github') {
    (io.annotations ?? io.out)([...githubLines(report), safeLine(summaryOf(report)), ''].join('\n'));
    return;
  }
  for (const { status, text } of textLines(report)) {
    const write = status === 'FAIL' || status === 'WARN' ? io.err : io.out;
    write(`[${status}] ${text}\n`);
  }
  for (const text of baselineNotes(report)) {
    io.out(`[note] ${text}\n`);
  }
  if (report.files.length === 0) {
    io.out('[note] the range adds and changes no migration\n');
  }
  io.out(`${summaryOf(report)}\n`);
}

function ruleList(): string {
  return ruleIds
    .map(
      (id) =>
        `${id} (${rules[id].group}, ${rules[id].severity}): ${rules[id].title}\n  why: ${rules[id].reason}\n  instead: ${rules[id].safeWay}\n`,
    )
    .join('');
}
