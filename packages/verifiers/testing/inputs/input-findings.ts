import { asksForHelp } from '@meho/core/command-line/usage';
import { XMLValidator } from 'fast-xml-parser';
import { DEVICE_CODE } from '../scripted-issuer.ts';
import type { Command, Input } from './draw.ts';
import { canaries } from './draw-text.ts';
import type { RunResult } from './run-result.ts';

/** A broken promise. */
export interface InputFinding {
  readonly kind:
    | 'exit code'
    | 'late'
    | 'memory'
    | 'stack trace'
    | 'uncaught'
    | 'secret'
    | 'workflow command'
    | 'control character'
    | 'document'
    | 'line'
    | 'report';
  readonly detail: string;
}

/** For commands that clean up. */
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
const cleaning: ReadonlySet<Command> = new Set(['network-policy', 'pr-smoke', 'rke2-access', 'reap']);
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** After a deadline or a signal. */
export const GRACE_MS = 5_000;
const MOST_KB = 200 * 1024;

const secrets = [...Object.values(canaries), DEVICE_CODE];

export function inputFindingsOf(input: Input, ended: RunResult, deadlineMs: number): readonly InputFinding[] {
  const { stdout, stderr, written, uncaught } = ended;
  const said = Object.entries({ stdout, stderr, ...written });
  const help = asksForHelp(input.args);
  return [
    ...exitFinds(input, ended, deadlineMs),
    ...uncaught.map((detail): InputFinding => ({ kind: 'uncaught', detail })),
    ...said.flatMap(([where, text]) => textFinds(where, text, input)),
    ...(help || ended.exitCode === undefined ? [] : [...documentFinds(input, ended), ...lineFinds(ended)]),
    ...('junit.xml' in written ? xmlFinds(written['junit.xml'] ?? '') : []),
  ];
}

function exitFinds(input: Input, ended: RunResult, deadlineMs: number): readonly InputFinding[] {
  const { exitCode, signal, tookMs, endedAfterMs, peakKb } = ended;
  const allowed: readonly number[] =
    signal !== undefined && cleaning.has(input.command)
      ? [0, 1, 2, signalCodes[signal as keyof typeof signalCodes]]
      : [0, 1, 2];
  const isLate = exitCode === undefined || tookMs > deadlineMs + GRACE_MS || (endedAfterMs ?? 0) > GRACE_MS;
  return [
    ...(exitCode === undefined || allowed.includes(exitCode)
      ? []
      : [{ kind: 'exit code' as const, detail: String(exitCode) }]),
    ...(isLate
      ? [
          {
            kind: 'late' as const,
            detail: `${Math.round(tookMs)} ms, ${Math.round(endedAfterMs ?? 0)} ms after the signal`,
          },
        ]
      : []),
    ...(peakKb !== undefined && peakKb > MOST_KB && input.command !== 'migration-compat'
      ? [{ kind: 'memory' as const, detail: `${Math.round(peakKb / 1024)} MB` }]
      : []),
  ];
}

function textFinds(where: string, text: string, { command, args }: Input): readonly InputFinding[] {
  const around = (at: number) => `${where}: ${JSON.stringify(text.slice(Math.max(0, at - 80), at + 60))}`;
  const first = (pattern: RegExp, kind: InputFinding['kind']): readonly InputFinding[] => {
    const at = text.search(pattern);
    return at < 0 ? [] : [{ kind, detail: around(at) }];
  };
  // Anything but annotations must not begin with a workflow command.
  const annotations = command === 'migration-compat' && args.some((arg) => arg.includes('github'));
  return [
    ...secrets.flatMap((secret): readonly InputFinding[] =>
      text.includes(secret) ? [{ kind: 'secret', detail: around(text.indexOf(secret)) }] : [],
    ),
    ...first(/^ {4}at .+:\d+:\d+\)?$/m, 'stack trace'),
    ...first(/^\(node:\d+\)|ExperimentalWarning|DeprecationWarning|Warning: Detected unsettled/m, 'uncaught'),
    ...first(annotations ? /^[^\S\n]*::(?!(?:error|warning|notice) )/m : /^\s*::/m, 'workflow command'),
    ...first(/##\[/, 'workflow command'),
    ...first(/(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}]/u, 'control character'),
  ];
}

/** Expects exactly one document, whatever the end. */
function documentFinds({ command, args }: Input, { stdout, signal }: RunResult): readonly InputFinding[] {
  const isAsked =
    command !== 'login' &&
    command !== 'reap' &&
    !args.includes('--') &&
    args.filter((arg) => arg.startsWith('--output')).length === 1 &&
    args.some((arg, index) => arg === '--output=json' || (arg === 'json' && args[index - 1] === '--output'));
  if (!isAsked) {
    return [];
  }
  // Interrupted before the first line.
  if (stdout === '' && signal !== undefined) {
    return [];
  }
  try {
    const found: unknown = JSON.parse(stdout);
    return typeof found === 'object' && found !== null && 'exitCode' in found
      ? []
      : [{ kind: 'document', detail: stdout.slice(0, 80) }];
  } catch (error) {
    return [
      {
        kind: 'document',
        detail: `${error instanceof Error ? error.message : error}: ${JSON.stringify(stdout.slice(0, 80))}`,
      },
    ];
  }
}

/** Any other beginning means that reported text broke a line. */
const beginnings =
  /^(?:\[(?:ok|FAIL|WARN|note)\] |error: |using |open https:\/\/|`meho-acceptance |usage: |reap: |[a-z0-9-]+: (?:passed|failed|interrupted|compatible|incompatible)|::(?:error|warning|notice) | {7}(?:statement|why|instead|page|line): |eyJ|phase +from +took |(?:namespace|install|smoke|tear-down|total)(?: \(failed\))? +\d)/;

function lineFinds({ stdout, stderr }: RunResult): readonly InputFinding[] {
  if (stdout.startsWith('{')) {
    return lineFinds({ stdout: '', stderr } as RunResult);
  }
  const strange = [...stdout.split('\n'), ...stderr.split('\n')].find((line) => line !== '' && !beginnings.test(line));
  return strange === undefined ? [] : [{ kind: 'line', detail: JSON.stringify(strange.slice(0, 160)) }];
}

function xmlFinds(text: string): readonly InputFinding[] {
  const valid = XMLValidator.validate(text);
  return valid === true ? [] : [{ kind: 'report', detail: valid.err.msg }];
}
