import { completeSearchPath, wantsColour } from '../config.ts';
import { clientConfigProblems } from '../engine/context.ts';
import { safeLines } from '../report/safe-text.ts';
import { TerminalProgress } from '../report/terminal.ts';
import { Timeline } from '../report/timeline.ts';
import type { Command } from './command.ts';
import { endingSignalsOf } from './signals.ts';

/** How long whatever is still open at the end may take to close by itself. */
const lingerMs = 2000;

const say = (lines: string) => process.stderr.write(`${safeLines(lines)}\n`);

function usage(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return ['usage: npm run <command> -- [options]', '', ...list].join('\n');
}

/** Whoever reads along may stop (`| head`): what was made is removed as after a signal. */
const signals = endingSignalsOf(process, [process.stdout, process.stderr]);

async function main(argv: readonly string[]): Promise<number> {
  const problems = clientConfigProblems();
  if (problems.length > 0) {
    say(problems.map((problem) => `error: ${problem}`).join('\n'));
    return 2;
  }
  // Loads testcontainers, which reads that configuration at once.
  const [{ commands }, { runCommand }] = await Promise.all([import('./commands.ts'), import('./run-command.ts')]);
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(`${usage(commands)}\n`);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    say(`unknown command ${JSON.stringify(name)}\n${usage(commands)}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.usage}\n`);
    return 0;
  }
  const timeline = new Timeline();
  const progress = new TerminalProgress({ stream: process.stderr, colour: wantsColour(process.stderr), timeline });
  return runCommand(command, args, { signals, say, progress, timeline });
}

completeSearchPath();
process.exitCode = await main(process.argv.slice(2));
// Everything is said and cleaned up by now. What still keeps the process alive is a defect, and must not become a hang.
setTimeout(() => {
  say(`still open at the end: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit();
}, lingerMs).unref();
