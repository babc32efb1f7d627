import type { CompatReport } from '../compat.ts';
import { ruleIds, rules } from '../rules/rules.ts';

/** The report as a SARIF 2.1.0 log, e.g. for code scanning. Overridden findings are suppressed results. */
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
              defaultConfiguration: { level: rules[id].severity },
              properties: { tags: [rules[id].group] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, exitCode }],
        results: report.files.flatMap(({ findings }) =>
          findings.map(({ rule, severity, file, line, column, message, override }) => ({
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
          })),
        ),
      },
    ],
  };
}

/** A path as a URI reference, relative where the path is. */
function uriOf(file: string): string {
  const uri = file.split(/[\\/]/).map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${uri}` : uri;
}
