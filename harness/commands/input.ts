import { readFlagVariables, readSettings, type Settings } from '../config.ts';
import { endpointProblems } from '../engine/endpoint.ts';
import { UsageError } from '../problem.ts';
import { type Flags, readFlags, type ValuesOf } from '../verifiers/flags.ts';

/**
 * Flags and environment together, so that all their problems are told at once.
 *
 * @param together what is wrong with values that are each right by themselves
 */
export function readInput<F extends Flags>(
  flags: F,
  args: readonly string[],
  together: (values: Partial<ValuesOf<F>>) => readonly string[] = () => [],
): { readonly values: ValuesOf<F>; readonly settings: Settings } {
  const read = readFlags(flags, args, readFlagVariables());
  const problems = [...read.problems, ...together(read.values), ...endpointProblems()];
  let settings: Settings | undefined;
  try {
    settings = readSettings();
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    problems.push(...error.problems);
  }
  if (settings === undefined || problems.length > 0) {
    throw new UsageError(problems);
  }
  // Without problems every flag has its value.
  return { values: read.values as ValuesOf<F>, settings };
}

const otherCodes = '2 it could not run as asked, 129, 130, 141 or 143 interrupted and cleaned up';

/** The exit codes of commands that give a verdict, for their usage text. */
export const verdictCodes = `0 all holds, 1 something doesn't, ${otherCodes}`;

/** The exit codes of commands that do something, for their usage text. */
export const workCodes = `0 done, 1 not, and what is in the way, ${otherCodes}`;

/** Variables that every command which starts things reads, for its usage text. */
export const commonVariables = {
  MEHO_IMAGES: 'auto, registry or build: where images come from',
  DOCKER_HOST:
    "the Docker engine to use; DOCKER_CONTEXT, DOCKER_CONFIG and DOCKER_TLS_VERIFY as Docker's client takes them",
  XDG_CACHE_HOME: 'what was built is kept in its folder meho-acceptance; ~/.cache where absent',
  NO_COLOR: 'no colours',
};
