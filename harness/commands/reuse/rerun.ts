import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { TestReport } from '@meho/core/report/run-report';

export interface Rerun {
  /** As the test runner takes them. */
  readonly files: readonly string[];
  /** Absent: a whole file could not be run, so all of the files are. */
  readonly testName?: string;
  /** The first report stays where it is. */
  readonly artefacts: string;
  /** For people. */
  readonly about: string;
}

/** In the folder of the run that it repeats. */
export const rerunFolder = 'rerun';

/**
 * What failed in the last run: in the last re-run of it, where there was one.
 *
 * @throws UsageError, one line, without a record or a failure
 */
export async function readFailed(artefacts: string, project: 'suites' | 'faults'): Promise<Rerun> {
  const again = path.join(artefacts, rerunFolder);
  const [tests, record] =
    (await readRecord(path.join(again, `${project}.tests.json`))) ??
    (await readRecord(path.join(artefacts, `${project}.tests.json`))) ??
    [];
  if (tests === undefined || record === undefined) {
    throw new UsageError([`--rerun-failed: ${artefacts} has no record of a run that came to its end; run it without`]);
  }
  const failed = tests.filter(({ state }) => state === 'failed');
  if (failed.length === 0) {
    throw new UsageError([`--rerun-failed: nothing failed in the last run (${record}), so there is nothing to run`]);
  }
  const isWhole = failed.some(({ file, name }) => file === name);
  return {
    files: [...new Set(failed.map(({ file }) => file))],
    ...(isWhole ? {} : { testName: `^(?:${failed.map(({ name }) => namePattern(name)).join('|')})$` }),
    artefacts: again,
    about: `${failed.length} of ${tests.length} tests, which failed in the last run; its record stays in ${record}`,
  };
}

/** Reports separate the parts of a name by ` > `, and the test runner matches them separated by a space. */
function namePattern(name: string): string {
  const literally = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return name.split(' > ').map(literally).join('(?: > | )');
}

async function readRecord(file: string): Promise<readonly [readonly TestReport[], string] | undefined> {
  try {
    return [JSON.parse(await readFile(file, 'utf8')) as readonly TestReport[], file];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw new UsageError([`--rerun-failed: ${file} can't be read as the record of a run`], { cause: error });
  }
}
