import type { CompatReport, JudgedFile } from '../compat.ts';
import { pageOf, rules } from '../rules/rules.ts';

export function jsonReport(report: CompatReport, exitCode: 0 | 1): object {
  return {
    schemaVersion: 1,
    verifier: 'migration-compat',
    outcome: report.outcome,
    exitCode,
    durationMs: Math.round(report.durationMs),
    ...(report.executed === undefined ? {} : { executed: report.executed }),
    ...(report.baseline === undefined ? {} : { baseline: report.baseline }),
    ...(report.written === undefined ? {} : { writtenBaseline: report.written }),
    files: report.files.map(({ path, findings, execution, observation }) => ({
      path,
      ...(execution === undefined ? {} : { execution }),
      ...(observation === undefined ? {} : { observation: observationOf(observation) }),
      findings: findings.map(({ rule, severity, line, column, message, statement, override, acceptedBy }) => ({
        rule,
        group: rules[rule].group,
        severity,
        line,
        column,
        message,
        statement,
        reason: rules[rule].reason,
        safeWay: rules[rule].safeWay,
        page: pageOf(rule),
        ...(override === undefined ? {} : { override: { reason: override.reason, line: override.line } }),
        ...(acceptedBy === undefined ? {} : { acceptedBy }),
      })),
    })),
    skipped: report.skipped,
  };
}

function observationOf(observation: NonNullable<JudgedFile['observation']>): object {
  return 'why' in observation ? { observed: false, why: observation.why } : { observed: true, ...observation };
}
