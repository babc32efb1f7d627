import type { Flags } from '@meho/core/command-line/flags';
import { UsageError } from '@meho/core/problem';
import { greenCounterFlags } from '../flags/green-counter-flags.ts';
import { flagsOf } from '../verifier.ts';
import { verifiers } from '../verifiers.ts';

export function actionVerifiers(): ReadonlyMap<string, Flags> {
  const judging = [...verifiers].map(([name, verifier]) => [name, flagsOf(verifier)] as const);
  return new Map<string, Flags>([...judging, ['green-counter', greenCounterFlags]]);
}

/** Set by the action, whose outputs are the reports' paths. */
export const setByAction: readonly string[] = ['output', 'junit'];

/** Inputs passed as variables, which keeps secrets out of arguments. */
export const variableInputs = {
  'access-token': { variable: 'MEHO_ACCESS_TOKEN', help: "an operator's bearer token" },
  'database-url': { variable: 'DATABASE_URL', help: "the backplane's database" },
  'github-token': {
    variable: 'GITHUB_TOKEN',
    help: 'for green-counter: reads actions, checks, contents and pull requests',
  },
  'install-start-ts': { variable: 'INSTALL_START_TS', help: 'start of the install in seconds since 1970' },
  'smoke-start-ts': { variable: 'SMOKE_START_TS', help: 'start of the smoke in seconds since 1970' },
} as const;

export interface ActionCall {
  readonly verifier: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * @param inputs from GitHub: all present, empty if not set
 * @throws UsageError with every problem: unknown verifier or flag, a switch neither true nor false
 */
export function callOf(inputs: Readonly<Record<string, string>>, known: ReadonlyMap<string, Flags>): ActionCall {
  const { verifier = '', ...rest } = inputs;
  const flags = known.get(verifier);
  if (flags === undefined) {
    throw new UsageError([`verifier: expected ${[...known.keys()].join(', ')}, got ${JSON.stringify(verifier)}`]);
  }
  const problems: string[] = [];
  const args: string[] = [];
  const env: Record<string, string> = {};
  for (const [name, text] of Object.entries(rest)) {
    const flag = Object.hasOwn(flags, name) && !setByAction.includes(name) ? flags[name] : undefined;
    if (Object.hasOwn(variableInputs, name)) {
      env[variableInputs[name as keyof typeof variableInputs].variable] = text;
    } else if (text === '') {
      // Not set.
    } else if (flag === undefined) {
      problems.push(`${name}: ${verifier} has no such flag`);
    } else if (flag.placeholder !== undefined) {
      args.push(`--${name}=${text}`);
    } else if (text === 'true') {
      args.push(`--${name}`);
    } else if (text !== 'false') {
      problems.push(`${name}: expected true or false, got ${JSON.stringify(text)}`);
    }
  }
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return { verifier, args, env };
}
