import { type Flags, readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { readSettings, type Settings } from '@meho/core/config';
import { readFlagVariables } from '@meho/core/config/flag-variables';
import { UsageError } from '@meho/core/problem';
import { endpointProblems } from '@meho/images/engine/endpoint';

/**
 * Reports all problems at once.
 *
 * @param together checks values against each other
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
  // Complete if there are no problems.
  return { values: read.values as ValuesOf<F>, settings };
}

export const otherCodes = '2 it could not run as asked, 129, 130, 141 or 143 interrupted and cleaned up';

/** Exit codes of commands that give a verdict. */
export const verdictCodes = `0 all holds, 1 something doesn't, ${otherCodes}`;

/** Exit codes of other commands. */
export const workCodes = `0 done, 1 not, and what is in the way, ${otherCodes}`;

export const commonVariables = {
  MEHO_IMAGES: 'auto, registry or build: where images come from',
  MEHO_REGISTRY: 'HOST/PREFIX that is asked for every image, in place of its own registry',
  DOCKER_HOST:
    "the Docker engine to use; DOCKER_CONTEXT, DOCKER_CONFIG and DOCKER_TLS_VERIFY as Docker's client takes them",
  XDG_CACHE_HOME: 'what was built is kept in its folder meho-acceptance; ~/.cache where absent',
  NO_COLOR: 'no colours',
};
