import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeReport } from '@meho/core/report/output';
import type { RollbackRecord } from '@meho/core/report/rollback/rollback-record';
import type { InstallTarget } from '../install-target/install-target.ts';
import type { Sample } from '../load/load-report.ts';
import { type Moment, recordRollback } from './record-rollback.ts';

/** Beside the reports. */
export const rollbackFile = 'rollback.json';

/** Moments of one upgrade and rollback with the rows at each, for the run's report. */
export class RollbackWatch {
  readonly #moments: [Moment, ...Moment[]];
  readonly #target: InstallTarget;

  private constructor(target: InstallTarget, first: Moment) {
    this.#target = target;
    this.#moments = [first];
  }

  /** The load's start. */
  static async start(target: InstallTarget): Promise<RollbackWatch> {
    const rows = await countRows(target);
    return new RollbackWatch(target, { title: 'N serves', atMs: performance.now(), ...rows });
  }

  async begins(title: string): Promise<void> {
    const atMs = performance.now();
    this.#moments.push({ title, atMs, ...(await countRows(this.#target)) });
  }

  /** However far it came. */
  async keep(artefacts: string, ratePerSecond: number, samples: readonly Sample[]): Promise<void> {
    const endedMs = performance.now();
    const ids = samples.flatMap(({ requestId, failure }) => (failure === undefined ? [requestId] : []));
    const counted = await countRows(this.#target, ids);
    const record = recordRollback({
      ...{ ratePerSecond, moments: this.#moments, endedMs, samples },
      ...(counted.rows === undefined ? {} : { rowsOfAnswered: counted.rows }),
    });
    await mkdir(artefacts, { recursive: true });
    await writeReport(path.join(artefacts, rollbackFile), 'json', `${JSON.stringify(record)}\n`);
  }
}

/** A database that can't be asked leaves them out: the stories judge rows, the picture only shows them. */
async function countRows(
  { database }: InstallTarget,
  requestIds?: readonly string[],
): Promise<{ readonly rows?: number }> {
  const where = requestIds === undefined ? '' : ' WHERE request_id = ANY($1::uuid[])';
  try {
    const [found] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_log${where}`,
      requestIds === undefined ? [] : [requestIds],
    );
    return found === undefined ? {} : { rows: found.count };
  } catch {
    return {};
  }
}

/** @returns undefined where the run had none */
export async function readRollback(artefacts: string): Promise<RollbackRecord | undefined> {
  try {
    return JSON.parse(await readFile(path.join(artefacts, rollbackFile), 'utf8')) as RollbackRecord;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
