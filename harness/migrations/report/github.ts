import { safeLine } from '../../report/safe-text.ts';
import type { CompatReport } from '../compat.ts';
import { rules } from '../rules/rules.ts';

/** One workflow command a finding: GitHub shows it at the line in the pull request. */
export function githubLines({ files }: CompatReport): string[] {
  return files.flatMap(({ findings }) =>
    findings.map(({ rule, severity, file, line, column, message, override }) => {
      const level = override === undefined ? severity : 'notice';
      const text =
        override === undefined
          ? `${safeLine(message)}\n${rules[rule].reason}\nInstead: ${rules[rule].safeWay}`
          : `${safeLine(message)}\nallowed because ${safeLine(override.reason)}`;
      const properties = `file=${property(safeLine(file))},line=${line},col=${column},title=${property(rule)}`;
      return `::${level} ${properties}::${data(text)}`;
    }),
  );
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
