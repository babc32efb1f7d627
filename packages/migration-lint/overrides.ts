import type { Override, RawFinding, SourceRange } from './finding.ts';
import { isRuleId, type RuleId } from './rules/rules.ts';
import { lineOf, type SourceText } from './source-text.ts';

export interface Comment {
  readonly text: string;
  readonly range: SourceRange;
}

export interface PlacedOverride extends Override {
  readonly offset: number;
  /** The line it applies to: its own after code, otherwise the next line of code. */
  readonly targetLine: number;
  /** Undefined after code, where any statement of the line may be meant. */
  readonly targetOffset: number | undefined;
  used: boolean;
}

interface OverrideProblem {
  readonly rule: RuleId;
  readonly message: string;
  readonly offset: number;
}

const marker = /meho:\s*allow\b/i;
const shape = /meho:\s*allow\s+([\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+because\s+([\s\S]*))?/i;

/** `meho:allow <rule>[, <rule>] because <reason>`; a malformed one is a problem, never ignored. */
export function readOverrides(source: SourceText, comments: readonly Comment[]) {
  const overrides: PlacedOverride[] = [];
  const problems: OverrideProblem[] = [];
  for (const { text, range } of comments) {
    if (!marker.test(text)) {
      continue;
    }
    const offset = range.start;
    const [, names = '', rest = ''] = shape.exec(text) ?? [];
    const reason = rest
      .replace(/\*\/\s*$/, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const ids = names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    if (!/\w{2,}/.test(reason)) {
      problems.push({
        rule: 'override-without-reason',
        message: `allows ${ids.join(', ') || 'nothing'} without a reason`,
        offset,
      });
    }
    for (const id of ids) {
      if (!isRuleId(id) || id.startsWith('override-') || id === 'budget-exhausted') {
        problems.push({
          rule: 'override-unknown-rule',
          message: `allows '${id}', which is no rule that can be overridden`,
          offset,
        });
      } else if (/\w{2,}/.test(reason)) {
        overrides.push({
          rule: id,
          reason,
          offset,
          line: lineOf(source, offset),
          ...targetOf(source, comments, range),
          used: false,
        });
      }
    }
  }
  return { overrides, problems };
}

export function overrideFor(
  source: SourceText,
  overrides: readonly PlacedOverride[],
  finding: RawFinding,
): Override | undefined {
  // An operation's frame is a point, as its SQL is nowhere in the file; the call around it counts.
  const innermost = finding.frames.find(({ start, end }) => end - start > 1);
  const match = overrides.find((override) => {
    if (override.rule !== finding.rule) {
      return false;
    }
    // Before several statements it applies to the first; inside one, to its own line.
    const isInside = finding.frames.some(({ start, end }) => start <= override.offset && override.offset < end);
    const startsThere = finding.frames.some(
      ({ start }) =>
        lineOf(source, start) === override.targetLine &&
        (override.targetOffset === undefined || isInside || start === override.targetOffset),
    );
    const inside =
      innermost !== undefined &&
      (override.targetOffset === undefined || isInside) &&
      override.targetLine >= lineOf(source, innermost.start) &&
      override.targetLine <= lineOf(source, Math.max(innermost.end - 1, innermost.start));
    return startsThere || inside;
  });
  if (match === undefined) {
    return undefined;
  }
  match.used = true;
  return { rule: match.rule, reason: match.reason, line: match.line };
}

function targetOf(
  source: SourceText,
  comments: readonly Comment[],
  range: SourceRange,
): Pick<PlacedOverride, 'targetLine' | 'targetOffset'> {
  const own = lineOf(source, range.start);
  const lineStart = source.lineStarts[own - 1] ?? 0;
  if (source.text.slice(lineStart, range.start).trim() !== '') {
    return { targetLine: own, targetOffset: undefined };
  }
  let offset = range.end;
  while (offset < source.text.length) {
    const comment = comments.find(({ range: other }) => other.start === offset);
    if (comment !== undefined) {
      offset = comment.range.end;
    } else if (/\s/.test(source.text.charAt(offset))) {
      offset += 1;
    } else {
      break;
    }
  }
  return { targetLine: lineOf(source, offset), targetOffset: offset };
}
