import { XMLValidator } from 'fast-xml-parser';
import { asksForHelp } from '../../usage.ts';
import { DEVICE_CODE } from '../scripted-issuer.ts';
import type { Command, Input } from './draw.ts';
import { canaries } from './draw-text.ts';
import type { Ended } from './ended.ts';

/** A promise that a run has broken. */
export interface Find {
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

/** What a signal makes of a run, and what a command that cleans up ends with. */
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
const cleaning: ReadonlySet<Command> = new Set(['network-policy', 'pr-smoke', 'rke2-access', 'reap']);
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long after its own deadline a run may still take, and after a signal. */
export const GRACE_MS = 5_000;
const MOST_KB = 200 * 1024;

const secrets = [...Object.values(canaries), DEVICE_CODE];

/** Everything that is wrong with how a run of this input has ended. */
export function findsOf(input: Input, ended: Ended, deadlineMs: number): readonly Find[] {
  const { stdout, stderr, written, uncaught } = ended;
  const said = Object.entries({ stdout, stderr, ...written });
  const help = asksForHelp(input.args);
  return [
    ...exitFinds(input, ended, deadlineMs),
    ...uncaught.map((detail): Find => ({ kind: 'uncaught', detail })),
    ...said.flatMap(([where, text]) => textFinds(where, text, input)),
    ...(help || ended.exitCode === undefined ? [] : [...documentFinds(input, ended), ...lineFinds(ended)]),
    ...('junit.xml' in written ? xmlFinds(written['junit.xml'] ?? '') : []),
  ];
}

function exitFinds(input: Input, ended: Ended, deadlineMs: number): readonly Find[] {
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

function textFinds(where: string, text: string, { command, args }: Input): readonly Find[] {
  const around = (at: number) => `${where}: ${JSON.stringify(text.slice(Math.max(0, at - 80), at + 60))}`;
  const first = (pattern: RegExp, kind: Find['kind']): readonly Find[] => {
    const at = text.search(pattern);
    return at < 0 ? [] : [{ kind, detail: around(at) }];
  };
  // Annotations are what this output is for; anything else may not begin with a workflow command.
  const annotations = command === 'migration-compat' && args.some((arg) => arg.includes('github'));
  return [
    ...secrets.flatMap((secret): readonly Find[] =>
      text.includes(secret) ? [{ kind: 'secret', detail: around(text.indexOf(secret)) }] : [],
    ),
    ...first(/^ {4}at .+:\d+:\d+\)?$/m, 'stack trace'),
    ...first(/^\(node:\d+\)|ExperimentalWarning|DeprecationWarning|Warning: Detected unsettled/m, 'uncaught'),
    ...first(annotations ? /^[^\S\n]*::(?!(?:error|warning|notice) )/m : /^\s*::/m, 'workflow command'),
    ...first(/##\[/, 'workflow command'),
    ...first(/(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}]/u, 'control character'),
  ];
}

/** With `--output json` there is one document on standard output, whatever the end. */
function documentFinds({ command, args }: Input, { stdout, signal }: Ended): readonly Find[] {
  const isAsked =
    command !== 'login' &&
    command !== 'reap' &&
    !args.includes('--') &&
    args.filter((arg) => arg.startsWith('--output')).length === 1 &&
    args.some((arg, index) => arg === '--output=json' || (arg === 'json' && args[index - 1] === '--output'));
  if (!isAsked) {
    return [];
  }
  // A signal may come before the first line of the program was run.
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

/** How lines of the command begin; one that begins otherwise was broken by what it tells. */
const beginnings =
  /^(?:\[(?:ok|FAIL|WARN|note)\] |error: |using |open https:\/\/|`meho-acceptance |usage: |reap: |[a-z0-9-]+: (?:passed|failed|interrupted|compatible|incompatible)|::(?:error|warning|notice) | {7}(?:statement|why|instead|line): |eyJ|phase +from +took |(?:namespace|install|smoke|tear-down|total)(?: \(failed\))? +\d)/;

function lineFinds({ stdout, stderr }: Ended): readonly Find[] {
  if (stdout.startsWith('{')) {
    return lineFinds({ stdout: '', stderr } as Ended);
  }
  const strange = [...stdout.split('\n'), ...stderr.split('\n')].find((line) => line !== '' && !beginnings.test(line));
  return strange === undefined ? [] : [{ kind: 'line', detail: JSON.stringify(strange.slice(0, 160)) }];
}

function xmlFinds(text: string): readonly Find[] {
  const valid = XMLValidator.validate(text);
  return valid === true ? [] : [{ kind: 'report', detail: valid.err.msg }];
}
