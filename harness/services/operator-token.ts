import { messageOf, Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';

const timeoutMs = 30_000;
/** In bytes; the output should be a single token. */
const maxOutput = 1024 * 1024;

/**
 * Reads an operator's token of an external issuer from a command or the environment.
 *
 * @throws Problem if there is none; the message never quotes the command's standard output
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

/** Accepts any exit code, as a failed command's output may hold a token. */
const failures = Array.from({ length: 255 }, (_, index) => index + 1);

function problem(observed: string): Problem {
  return new Problem({
    expected: "an operator's token from token.command of the services file or MEHO_ACCESS_TOKEN",
    observed,
    next: 'run the command by hand, or see `meho-acceptance login`',
  });
}
