import { type CompatReport, type CompatRequest, checkMigrations } from '../migrations/compat.ts';
import { githubLines } from '../migrations/report/github.ts';
import { jsonReport } from '../migrations/report/json.ts';
import { sarifReport } from '../migrations/report/sarif.ts';
import { summaryOf, textLines } from '../migrations/report/text.ts';
import { ruleIds, rules } from '../migrations/rules/rules.ts';
import { UsageError } from '../problem.ts';
import { jsonText, safeLine } from '../report/safe-text.ts';
import { defaulted, optional, readFlags, toggle, type ValuesOf } from './flags.ts';
import { lineSafe } from './redact.ts';
import { endWithoutVerdict, errorDocument } from './report.ts';
import type { Standalone, StandaloneIo } from './standalone.ts';
import { asksForHelp, usage } from './usage.ts';
import { anyText, oneOf } from './values.ts';

const flags = {
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
  rules: toggle('print every rule with its reason and safe way, and exit'),
};

type CompatIo = Pick<StandaloneIo, 'out' | 'err' | 'annotations' | 'cwd' | 'signal'> &
  Partial<Pick<StandaloneIo, 'secrets'>>;

const summary = `Judges migrations before they ship: does image N run on the schema they lead to, and does it keep answering while
they run? Takes folders and files (SQL, Alembic); with --range they limit it. A statement is allowed by a comment
before it: -- meho:allow <rule> because <reason> (Python: # meho:allow …).`;

/** `meho-acceptance migration-compat [flags] [FOLDER|FILE …]`. @returns 0 compatible, 1 findings, 2 could not run as asked */
export async function runMigrationCompat(argv: readonly string[], io: CompatIo): Promise<0 | 1 | 2> {
  if (asksForHelp(argv)) {
    const command = 'meho-acceptance migration-compat [FOLDER|FILE …]';
    const exitCodes = '0 compatible, 1 not, 2 it could not be judged';
    io.out(usage({ command, summary, flags, environment: {}, exitCodes }));
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
      signal: io.signal,
    };
    const report = await checkMigrations(request);
    const exitCode = report.outcome === 'compatible' ? 0 : 1;
    print(report, values.output, exitCode, io);
    return exitCode;
  } catch (error) {
    const { problems } = endWithoutVerdict('migration-compat', { error, signal: io.signal, progress: undefined });
    const safe = lineSafe(io.secrets ?? []);
    if (readFlags(flags, split(argv).flagged).values.output === 'json') {
      io.out(errorDocument('migration-compat', problems.map(safe)));
    }
    for (const problem of problems) {
      io.err(`${safe(`error: ${problem}`)}\n`);
    }
    return 2;
  }
}

const command: Standalone = { name: 'migration-compat', run: runMigrationCompat };
export default command;

function readArguments(argv: readonly string[]): { values: ValuesOf<typeof flags>; paths: readonly string[] } {
  const { flagged, paths } = split(argv);
  const { values, problems } = readFlags(flags, flagged);
  const missing =
    paths.length === 0 && values.range === undefined && values.rules !== true
      ? ['expected a folder or file of migrations, or --range A..B']
      : [];
  const contradicting =
    values.strict === true && values['allow-unjudged'] === true
      ? ['expected --strict or --allow-unjudged, got both: the one refuses what the other allows']
      : [];
  if (problems.length + missing.length + contradicting.length > 0) {
    throw new UsageError([...problems, ...missing, ...contradicting]);
  }
  // Without problems, every flag has its value.
  return { values: values as ValuesOf<typeof flags>, paths };
}

/** Flags with their values apart from paths; everything behind `--` is a path. */
function split(argv: readonly string[]): { flagged: string[]; paths: string[] } {
  const takesValue = (arg: string) =>
    Object.entries(flags).some(
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
