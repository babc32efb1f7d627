#!/usr/bin/env node
import { readPipesAhead } from '@meho/core/bounded-file';
import { interruptions } from '@meho/core/command-line/entry';
import { runAndExit } from '@meho/core/command-line/run-and-exit';
import { asksForJson, filesNamedBy } from '@meho/core/command-line/usage';
import { secretsOfArguments } from '@meho/core/redaction/argument-secrets';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { annotations, err, out } from '@meho/core/report/output';
import { runMigrationCompat } from './run-migration-compat.ts';

/** The package's own command; `meho-acceptance migration-compat` is the same one, published. */

const name = 'migration-compat';
const args = process.argv.slice(2);
const safe = lineSafe(secretsOfArguments(args));
const { interrupted, broken } = interruptions;

runAndExit(
  interruptions,
  () => ({ name, json: asksForJson(args), cleansUp: false, countsOnly: false, safe }),
  async () => {
    await readPipesAhead(filesNamedBy(args), interrupted);
    return runMigrationCompat(args, {
      ...{ command: name, out, err, annotations, safe },
      cwd: process.cwd(),
      signal: AbortSignal.any([interrupted, broken]),
    });
  },
);
