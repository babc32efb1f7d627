import type { CompatReport } from '../compat.ts';
import { rules } from '../rules/rules.ts';

/** The report for programs: every finding with what its rule says. */
export function jsonReport(report: CompatReport, exitCode: 0 | 1): object {
  return {
    schemaVersion: 1,
    verifier: 'migration-compat',
    outcome: report.outcome,
    exitCode,
    durationMs: Math.round(report.durationMs),
    files: report.files.map(({ path, findings }) => ({
      path,
      findings: findings.map(({ rule, severity, line, column, message, statement, override }) => ({
        rule,
        group: rules[rule].group,
        severity,
        line,
        column,
        message,
        statement,
        reason: rules[rule].reason,
        safeWay: rules[rule].safeWay,
        ...(override === undefined ? {} : { override: { reason: override.reason, line: override.line } }),
      })),
    })),
    skipped: report.skipped,
  };
}
