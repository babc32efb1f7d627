import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CorpusRecord } from '@meho/core/report/corpus/corpus-record';
import { writeReport } from '@meho/core/report/output';
import { jsonText } from '@meho/core/report/safe-text';
import { type CorpusRow, predictedOf } from './verdicts.ts';

/** Beside the reports. */
export const corpusRecordFile = 'corpus-rows.json';

export function corpusRecord(rows: readonly CorpusRow[], about: string): CorpusRecord {
  return {
    about,
    rows: rows.map((row) => {
      const { migration, observed, agreement, surprises } = row;
      const { file, what, hidden, falseAlarm } = migration;
      return {
        ...{ file, what: hidden === undefined ? what : `${what} (hidden: ${hidden})`, predicted: predictedOf(row) },
        ...{ executed: observed.executed, changes: observed.changes, outcomes: observed.outcomes },
        ...{ details: observed.details, verdict: agreement, surprises },
        ...(falseAlarm === undefined ? {} : { why: falseAlarm }),
      };
    }),
  };
}

export async function keepCorpusRecord(artefacts: string, record: CorpusRecord): Promise<void> {
  await writeReport(path.join(artefacts, corpusRecordFile), 'json', `${jsonText(record)}\n`);
}

/** @returns undefined where the run had none */
export async function readCorpusRecord(artefacts: string): Promise<CorpusRecord | undefined> {
  try {
    return JSON.parse(await readFile(path.join(artefacts, corpusRecordFile), 'utf8')) as CorpusRecord;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
