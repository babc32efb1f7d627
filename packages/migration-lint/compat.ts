import { UsageError } from '@meho/core/problem';
import { acceptAll, applyBaseline, type BaselineUse } from './baseline/apply.ts';
import { readBaseline, writeBaseline } from './baseline/files.ts';
import { collectMigrations, type Skipped } from './collect.ts';
import type { ExecuteOptions } from './execute/execute.ts';
import type { Recording } from './execute/recording.ts';
import type { Finding } from './finding.ts';
import { type FileReport, type LintOptions, lintFile, type MigrationFile, prepareLint } from './lint.ts';
import type { ObservationReport } from './observe/judge-observation.ts';
import { collectRange } from './range.ts';
import { inOrder, RangeStates } from './range-order.ts';
import { rules } from './rules/rules.ts';

export interface CompatRequest extends LintOptions {
  readonly cwd: string;
  readonly paths: readonly string[];
  readonly range: string | undefined;
  readonly failOn: 'error' | 'warning';
  /** Absent: nothing is run. */
  readonly execute?: ExecuteOptions | undefined;
  readonly baseline?: string | undefined;
  readonly writeBaseline?: string | undefined;
  readonly signal: AbortSignal;
}

export interface JudgedFile {
  readonly path: string;
  readonly findings: readonly Finding[];
  /** What Alembic sent, where it was run. */
  readonly execution?: Execution;
  /** What the catalogue of a server showed, or why it could not be had. Only where it was asked for. */
  readonly observation?: ObservationReport | NotObserved;
}

export interface NotObserved {
  readonly why: string;
}

export interface Execution {
  readonly depth: Recording['depth'];
  readonly statements: number;
  /** Why it ended early: what comes behind is judged from the text. */
  readonly stopped?: string;
}

export interface WrittenBaseline {
  readonly file: string;
  readonly findings: number;
}

export interface CompatReport {
  readonly outcome: 'compatible' | 'incompatible';
  readonly files: readonly JudgedFile[];
  readonly skipped: readonly Skipped[];
  /** With which programs migrations were executed. */
  readonly executed?: string;
  readonly baseline?: BaselineUse;
  readonly written?: WrittenBaseline;
  readonly durationMs: number;
}

/**
 * Tells whether image N can run on the resulting schema, and answer while it is migrated.
 *
 * @throws UsageError if there is nothing to judge
 */
export async function checkMigrations(request: CompatRequest): Promise<CompatReport> {
  const started = performance.now();
  const { range, paths, cwd } = request;
  const [collected] = await Promise.all([
    range === undefined
      ? collectMigrations(paths, cwd, request.signal).then((found) => ({ ...found, rewritten: [] }))
      : collectRange(range, paths, cwd, request.signal),
    prepareLint(),
  ]);
  const executed = await execute(collected.migrations, request);
  const files = new Map(executed.migrations.map(({ path }): [string, Finding[]] => [path, []]));
  const observations = new Map<string, ObservationReport>();
  for (const { path, findings, observation } of lintAll(executed.migrations, request, collected.rewritten)) {
    files.set(path, [...findings]);
    if (observation !== undefined) {
      observations.set(path, observation);
    }
  }
  for (const { path, how } of collected.rewritten) {
    const rule = how === 'edited' ? 'edited-migration' : 'deleted-migration';
    const message =
      how === 'edited'
        ? 'changes a migration that databases may have run already'
        : 'removes a migration that databases may have run already';
    const finding: Finding = {
      rule,
      severity: rules[rule].severity,
      file: path,
      line: 1,
      column: 1,
      message,
      statement: '',
    };
    files.set(path, [finding, ...(files.get(path) ?? [])]);
  }
  const byPath = new Map(executed.migrations.map((file) => [file.path, file]));
  const judged = [...files].map(([path, findings]) => ({
    path,
    findings,
    ...executionOf(byPath.get(path)?.recording),
    ...(request.execute?.observe === true
      ? { observation: observations.get(path) ?? notObserved(byPath.get(path)) }
      : {}),
  }));
  const { files: reports, ...baselines } = await withBaseline(judged, request);
  const fails = reports.some(({ findings }) => findings.some((finding) => isFailure(finding, request.failOn)));
  return {
    outcome: fails ? 'incompatible' : 'compatible',
    files: reports,
    skipped: collected.skipped,
    ...(executed.about === undefined ? {} : { executed: executed.about }),
    ...baselines,
    durationMs: performance.now() - started,
  };
}

function isFailure({ severity, override, acceptedBy }: Finding, failOn: CompatRequest['failOn']): boolean {
  return override === undefined && acceptedBy === undefined && (severity === 'error' || failOn === 'warning');
}

/** Writing a baseline accepts nothing yet: that run is judged as any other. */
async function withBaseline(
  files: readonly JudgedFile[],
  { baseline: file, writeBaseline: target, cwd, range, signal, execute: options }: CompatRequest,
): Promise<Pick<CompatReport, 'files' | 'baseline' | 'written'>> {
  const isExecuted = options !== undefined;
  if (target !== undefined) {
    const accepted = acceptAll(target, files, cwd);
    await writeBaseline(target, cwd, isExecuted, accepted);
    return { files, written: { file: target, findings: accepted.reduce((sum, { count }) => sum + count, 0) } };
  }
  if (file === undefined) {
    return { files };
  }
  const { commit, ...baseline } = await readBaseline(file, { cwd, range, signal });
  if (baseline.accepted.length > 0 && baseline.executed !== isExecuted) {
    const [was, is] = baseline.executed ? ['with', 'without'] : ['without', 'with'];
    throw new UsageError([
      `--baseline: expected ${file} to be written by a run ${is} --execute as this one is, it was one ${was}; write it anew`,
    ]);
  }
  const applied = applyBaseline(baseline, files, { cwd, isWhole: range === undefined });
  return { files: applied.files, baseline: { ...applied.use, ...(commit === undefined ? {} : { commit }) } };
}

/** Files of a range know each other; those of a folder are each judged against N. */
function lintAll(
  migrations: readonly MigrationFile[],
  request: CompatRequest,
  rewritten: readonly { readonly path: string }[],
): FileReport[] {
  if (request.range === undefined) {
    return migrations.map((file) => lintFile(file, request));
  }
  const states = new RangeStates(new Set(rewritten.map(({ path }) => path)));
  return inOrder(migrations).map((file) => {
    const before = states.before(file);
    const report = lintFile(file, request, before);
    states.after(file, before);
    return report;
  });
}

/** Loaded only where it is asked for. */
async function execute(
  migrations: readonly MigrationFile[],
  { execute: options, cwd, range, signal }: CompatRequest,
): Promise<{ readonly migrations: readonly MigrationFile[]; readonly about: string | undefined }> {
  if (options === undefined) {
    return { migrations, about: undefined };
  }
  const { executeMigrations } = await import('./execute/execute.ts');
  return executeMigrations(migrations, options, { cwd, range, signal });
}

function executionOf(recording: Recording | undefined): { execution?: Execution } {
  if (recording === undefined) {
    return {};
  }
  const { depth, statements, failed } = recording;
  const sent = statements.filter(({ kind }) => kind === 'sql').length;
  return { execution: { depth, statements: sent, ...(failed === undefined ? {} : { stopped: failed }) } };
}

/** Said, never left out. */
function notObserved({ recording, observation }: Partial<MigrationFile> = {}): NotObserved {
  if (recording === undefined) {
    return { why: 'only what Alembic runs is applied' };
  }
  const { depth, behind } = recording;
  if (depth === 'offline' || behind !== undefined) {
    return { why: 'a migration that it builds on did not get to its end' };
  }
  return observation !== undefined && 'unanswered' in observation
    ? { why: `the catalogue did not answer: ${observation.unanswered}` }
    : { why: 'it did not get to its end' };
}
