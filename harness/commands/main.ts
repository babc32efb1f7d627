import { wantsColour } from '../config.ts';
import { messageOf, Problem, UsageError } from '../problem.ts';
import { TerminalProgress } from '../report/terminal.ts';
import { Timeline } from '../report/timeline.ts';
import { commands } from './commands.ts';

/** The reason of an abort by the user or the system; decides the exit code. */
class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/** How long whatever is still open at the end may take to close by itself. */
const lingerMs = 2000;

const say = (line: string) => process.stderr.write(`${line}\n`);

function usage(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return ['usage: npm run <command> -- [options]', '', ...list].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(`${usage()}\n`);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    say(`unknown command ${JSON.stringify(name)}\n${usage()}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.usage}\n`);
    return 0;
  }
  const controller = new AbortController();
  const interrupt = (signal: 'SIGINT' | 'SIGTERM') => {
    if (controller.signal.aborted) {
      say('already cleaning up; `npm run down` removes what a killed run leaves');
      return;
    }
    say(`${signal}: cleaning up …`);
    controller.abort(new Interrupted(signal));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const timeline = new Timeline();
  const progress = new TerminalProgress({ stream: process.stderr, colour: wantsColour(process.stderr), timeline });
  try {
    return await command.run(args, { signal: controller.signal, progress, timeline });
  } catch (error) {
    const reason: unknown = controller.signal.reason;
    if (reason instanceof Interrupted) {
      say('interrupted; everything that this run had created is removed');
      return reason.exitCode;
    }
    return tell(error);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Says what went wrong, each problem on a line of its own, and gives the exit code for it. */
function tell(error: unknown): 1 | 2 {
  if (error instanceof UsageError) {
    for (const problem of error.problems) {
      say(`error: ${problem}`);
    }
    return 2;
  }
  if (error instanceof Problem) {
    say(`error: expected ${error.expected}`);
    say(`  seen: ${error.observed}`);
    say(`  next: ${error.next}`);
    return 1;
  }
  say(`error: ${messageOf(error)}`);
  if (error instanceof Error && error.stack !== undefined) {
    say(error.stack);
  }
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
// Everything is said and cleaned up by now. What still keeps the process alive is a defect, and must not become a hang.
setTimeout(() => {
  say(`still open at the end: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit();
}, lingerMs).unref();
