import { messageOf, Problem } from '../problem.ts';
import { run } from '../process/run.ts';

const timeoutMs = 30_000;
/** Of a token command's output, which is one token. */
const maxOutput = 1024 * 1024;

/**
 * An operator's token from somebody else's issuer: printed by a program, or from the environment.
 *
 * @throws Problem when there is none; never with what a program printed on standard output
 */
export async function operatorToken(
  command: readonly [string, ...string[]] | undefined,
  fromEnvironment: string | undefined,
): Promise<string> {
  if (command === undefined) {
    if (fromEnvironment === undefined) {
      throw problem('there is neither MEHO_ACCESS_TOKEN nor token.command');
    }
    return fromEnvironment;
  }
  const [program, ...args] = command;
  let exitCode: number;
  let stdout: string;
  try {
    ({ exitCode, stdout } = await run(program, args, {
      timeoutMs,
      maxOutput,
      printsSecret: true,
      acceptExitCodes: failures,
    }));
  } catch (error) {
    throw problem(messageOf(error));
  }
  const token = stdout.trim();
  if (exitCode !== 0 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    throw problem(exitCode === 0 ? 'it printed something other than a JWT' : `it ended with exit code ${exitCode}`);
  }
  return token;
}

/** All are looked at here: the output of a program that failed half-way may hold a token. */
const failures = Array.from({ length: 255 }, (_, index) => index + 1);

function problem(observed: string): Problem {
  return new Problem({
    expected: "an operator's token from token.command of the services file or MEHO_ACCESS_TOKEN",
    observed,
    next: 'run the command by hand, or see `meho-acceptance login`',
  });
}
