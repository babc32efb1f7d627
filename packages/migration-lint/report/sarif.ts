import { pageUri } from '@meho/core/report/page-link';
import type { CompatReport } from '../compat.ts';
import { pageOf, type RuleId, ruleIds, rules } from '../rules/rules.ts';

/** SARIF 2.1.0, e.g. for code scanning. Overridden findings are suppressed results. */
export function sarifReport(report: CompatReport, exitCode: 0 | 1): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'migration-compat',
            rules: ruleIds.map((id) => ({
              id,
              shortDescription: { text: rules[id].title },
              fullDescription: { text: rules[id].reason },
              help: { text: rules[id].safeWay },
              ...helpUriOf(id),
              defaultConfiguration: { level: rules[id].severity },
              properties: { tags: [rules[id].group] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, exitCode }],
        results: report.files.flatMap(({ findings }) =>
          findings.map(({ rule, severity, file, line, column, message, override, acceptedBy }) => ({
            ruleId: rule,
            ruleIndex: ruleIds.indexOf(rule),
            level: severity,
            message: { text: `${message}. ${rules[rule].reason} Instead: ${rules[rule].safeWay}` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: uriOf(file) },
                  region: { startLine: line, startColumn: column },
                },
              },
            ],
            ...(override === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: override.reason }] }),
            ...(acceptedBy === undefined
              ? {}
              : { suppressions: [{ kind: 'external', justification: `accepted by ${acceptedBy}` }] }),
          })),
        ),
      },
    ],
  };
}

/** A URI is absolute, or left out. */
function helpUriOf(id: RuleId): { readonly helpUri?: string } {
  const helpUri = pageUri(pageOf(id));
  return helpUri === undefined ? {} : { helpUri };
}

/** Relative paths stay relative. */
function uriOf(file: string): string {
  const uri = file.split(/[\\/]/).map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${uri}` : uri;
}
