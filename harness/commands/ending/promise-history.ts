import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeReport } from '@meho/core/report/output';
import type { PromiseReport, RunReport, Since } from '@meho/core/report/run-report';
import { jsonText } from '@meho/core/report/safe-text';

/** Outlives runs in its folder: when each promise last held there, and since when it is broken. */
const promiseHistoryFile = 'promises.json';

type History = Readonly<Record<string, Since>>;

export async function readHistory(artefacts: string): Promise<History> {
  try {
    return JSON.parse(await readFile(path.join(artefacts, promiseHistoryFile), 'utf8')) as History;
  } catch {
    // No run before, or a file that another program wrote: then it isn't known.
    return {};
  }
}

export function withHistory(promises: readonly PromiseReport[], history: History): readonly PromiseReport[] {
  return promises.map((promise) => {
    const since = history[promise.id];
    return since === undefined ? promise : { ...promise, since };
  });
}

export async function keepHistory(artefacts: string, history: History, report: RunReport): Promise<void> {
  const changed = { ...history, ...changes(report) };
  await writeReport(path.join(artefacts, promiseHistoryFile), 'json', `${jsonText(changed)}\n`);
}

/** A part of a promise's stories can break it, and never mends it. */
function changes({ promises = [], startedAt, underTest }: RunReport): History {
  const run = { at: startedAt, ...(underTest === undefined ? {} : { gitSha: underTest.image.gitSha }) };
  return Object.fromEntries(
    promises.flatMap(({ id, state, isWhole, since }): readonly (readonly [string, Since])[] => {
      if (state === 'broken') {
        return [[id, { ...since, broke: since?.broke ?? run }]];
      }
      return isWhole && (state === 'holds' || state === 'partly proven') ? [[id, { held: run }]] : [];
    }),
  );
}
