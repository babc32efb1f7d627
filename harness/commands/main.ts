import { completeSearchPath, wantsColour } from '../config.ts';
import { clientConfigProblems } from '../engine/context.ts';
import { err, out } from '../report/output.ts';
import { safeLine } from '../report/safe-text.ts';
import { TerminalProgress } from '../report/terminal.ts';
import { Timeline } from '../report/timeline.ts';
import { interruptions } from '../verifiers/entry.ts';
import { ownExit } from '../verifiers/own-exit.ts';
import type { ExitCode } from '../verifiers/standalone.ts';
import type { Command } from './command.ts';

const say = (lines: string) => err(`${lines}\n`);

function usage(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return ['usage: npm run <command> -- [options]', '', ...list].join('\n');
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  const problems = clientConfigProblems();
  if (problems.length > 0) {
    say(problems.map((problem) => `error: ${problem}`).join('\n'));
    return 2;
  }
  // Loads testcontainers, which reads that configuration at once.
  const [{ commands }, { runCommand }] = await Promise.all([import('./commands.ts'), import('./run-command.ts')]);
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    out(`${usage(commands)}\n`);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    say(`unknown command ${JSON.stringify(name)}\n${usage(commands)}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    out(`${command.usage}\n`);
    return 0;
  }
  const timeline = new Timeline();
  const progress = new TerminalProgress({ stream: process.stderr, colour: wantsColour(process.stderr), timeline });
  return runCommand(command, args, { interruptions, say, progress, timeline });
}

completeSearchPath();
ownExit(
  interruptions,
  // It cleans up on deadlines of its own, and gives no verdict where it broke off.
  () => ({ name: `npm run ${process.argv[2] ?? ''}`, json: false, cleansUp: true, countsOnly: true, safe: safeLine }),
  () => main(process.argv.slice(2)),
  () => say(`still open at the end: ${process.getActiveResourcesInfo().join(', ')}`),
);
