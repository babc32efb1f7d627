import { messageOf, Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { type LintFinding, unreadable } from './finding.ts';

interface Location {
  readonly symbolic: {
    readonly key: Readonly<Record<string, { readonly verbatim_path?: string }>>;
    readonly kind: unknown;
  };
  readonly concrete: { readonly location: Readonly<Record<'start_point' | 'end_point', Point>> };
}

/** Counted from 0. */
interface Point {
  readonly row: number;
  readonly column: number;
}

interface Report {
  readonly ident: string;
  readonly desc: string;
  readonly url: string;
  readonly locations: readonly Location[];
}

export interface ZizmorOptions {
  /** Path of the program. */
  readonly program: string;
  /** The folder that the files' paths start in. */
  readonly cwd: string;
  /** Also what a comment in the file has suppressed. */
  readonly withSuppressed?: boolean;
  readonly signal: AbortSignal;
}

export interface ZizmorFinding extends LintFinding {
  /** Every line, counted from 1, on which a comment suppresses it. */
  readonly lines: readonly number[];
}

/** All audits that need no network, the pedantic ones included; settings of the user's own are left out. */
const settings = ['--offline', '--no-config', '--persona=pedantic', '--strict-collection'];
const output = ['--no-progress', '--quiet', '--no-exit-codes', '--format=json-v1'];
const timeoutMs = 60_000;

/** @throws Problem where it can't judge, for another reason than a file that is wrong */
export async function zizmor(files: readonly string[], options: ZizmorOptions): Promise<readonly ZizmorFinding[]> {
  const { program, cwd, withSuppressed = false, signal } = options;
  const ignores = withSuppressed ? ['--no-ignores'] : [];
  const { exitCode, stdout, stderr } = await run(program, [...settings, ...output, ...ignores, '--', ...files], {
    cwd,
    timeoutMs,
    signal,
    acceptExitCodes: [1],
  });
  if (exitCode === 1) {
    return [unreadableFile(stderr)];
  }
  return reportsIn(stdout).map(findingOf);
}

/** It stops at the first file that is no workflow and no action, and says which. */
function unreadableFile(stderr: string): ZizmorFinding {
  const file = /^failed to load file:\/\/(.+) as \w+$/m.exec(stderr)?.[1];
  const reason = /^Caused by:\n([\s\S]*?)\n\s*\n/m.exec(stderr)?.[1] ?? '';
  if (file === undefined) {
    throw new Problem({
      expected: 'zizmor to judge the workflows',
      observed: stderr.trim(),
      next: 'see `npm run lint:workflows -- --help`; an error of zizmor itself belongs to https://github.com/zizmorcore/zizmor',
    });
  }
  const message = reason.replaceAll(/\s+/g, ' ').trim();
  return { rule: unreadable, file, line: 1, column: 1, message, lines: [] };
}

function reportsIn(stdout: string): readonly Report[] {
  try {
    return JSON.parse(stdout) as readonly Report[];
  } catch (error) {
    throw new Problem(
      { expected: 'a report of zizmor as JSON', observed: messageOf(error), next: 'run it with --format=plain' },
      { cause: error },
    );
  }
}

function findingOf({ ident, desc, url, locations }: Report): ZizmorFinding {
  const main = locations.find(({ symbolic: { kind } }) => kind === 'Primary') ?? locations[0];
  const { row = 0, column = 0 } = main?.concrete.location.start_point ?? {};
  const file = Object.values(main?.symbolic.key ?? {})[0]?.verbatim_path ?? '';
  const lines = locations.flatMap(({ concrete: { location } }) =>
    Array.from(
      { length: location.end_point.row - location.start_point.row + 1 },
      (_, index) => location.start_point.row + index + 1,
    ),
  );
  return { rule: ident, file, line: row + 1, column: column + 1, message: `${desc} (${url})`, lines };
}
