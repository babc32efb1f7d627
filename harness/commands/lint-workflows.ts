import { existsSync } from 'node:fs';
import path from 'node:path';
import { Invalid, repeated } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { out } from '@meho/core/report/output';
import { readInput, verdictCodes } from './calling/input.ts';
import type { Command } from './command.ts';
import { lineOf } from './workflows/lint/finding.ts';
import { ensureLinters, filesToLint, lint } from './workflows/lint/lint.ts';

const flags = {
  file: repeated('FILE', "a workflow or an action.yml to judge instead of the repository's own", (text) =>
    existsSync(text) ? path.resolve(text) : new Invalid('a file'),
  ),
};

/** What zizmor and actionlint say of the workflows and of action.yml. */
export const lintWorkflows: Command = {
  name: 'lint:workflows',
  summary: 'judge .github/workflows/ and action.yml by zizmor and actionlint',
  usage: usage({
    command: 'npm run lint:workflows --',
    summary: `Fetches zizmor, builds actionlint, installs shellcheck, each once and where it is missing; then judges without the network.
A finding that is none is suppressed in its place: \`# zizmor: ignore[RULE] REASON\`.`,
    flags,
    environment: { XDG_CACHE_HOME: 'the tools are kept in its folder meho-acceptance; ~/.cache where absent' },
    exitCodes: verdictCodes,
  }),
  async run(args, { progress, signal }) {
    const { values, settings } = readInput(flags, args);
    const { cacheFolder, path: searchPath } = settings;
    const linters = await ensureLinters({ cacheFolder, searchPath, progress, signal });
    const files = values.file.length === 0 ? filesToLint() : values.file;
    const findings = await lint(files, linters, signal);
    out(findings.map((finding) => `${lineOf(finding)}\n`).join(''));
    progress.note(`${files.length} files, ${findings.length} findings`);
    return findings.length === 0 ? 0 : 1;
  },
};
