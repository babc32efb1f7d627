import { collectMigrations, type Skipped } from './collect.ts';
import type { Finding } from './finding.ts';
import { type LintOptions, lintFile, prepareLint } from './lint.ts';
import { collectRange } from './range.ts';
import { rules } from './rules/rules.ts';

export interface CompatRequest extends LintOptions {
  readonly cwd: string;
  /** Folders and files. */
  readonly paths: readonly string[];
  readonly range: string | undefined;
  /** The least severity that makes a migration incompatible. */
  readonly failOn: 'error' | 'warning';
  readonly signal: AbortSignal;
}

/** What was judged, and the verdict. */
export interface CompatReport {
  readonly outcome: 'compatible' | 'incompatible';
  readonly files: readonly { readonly path: string; readonly findings: readonly Finding[] }[];
  readonly skipped: readonly Skipped[];
  readonly durationMs: number;
}

/**
 * Judges migrations: may image N run on the schema they lead to, and does it keep answering while they run?
 *
 * @throws UsageError where there is nothing to judge as asked
 */
export async function checkMigrations(request: CompatRequest): Promise<CompatReport> {
  const started = performance.now();
  const { range, paths, cwd } = request;
  const [collected] = await Promise.all([
    range === undefined
      ? collectMigrations(paths, cwd).then((found) => ({ ...found, rewritten: [] }))
      : collectRange(range, paths, cwd, request.signal),
    prepareLint(),
  ]);
  const files = new Map(collected.migrations.map((file) => [file.path, [...lintFile(file, request).findings]]));
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
  const reports = [...files].map(([path, findings]) => ({ path, findings }));
  const fails = reports.some(({ findings }) => findings.some((finding) => isFailure(finding, request.failOn)));
  return {
    outcome: fails ? 'incompatible' : 'compatible',
    files: reports,
    skipped: collected.skipped,
    durationMs: performance.now() - started,
  };
}

function isFailure({ severity, override }: Finding, failOn: CompatRequest['failOn']): boolean {
  return override === undefined && (severity === 'error' || failOn === 'warning');
}
