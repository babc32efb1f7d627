import { UsageError } from '@meho/core/problem';
import { livenessOf, type Owner } from '@meho/core/runs/owner';
import { isFields } from '@meho/kube/api/fields';
import type { ReleaseReport } from './fleet-report.ts';

/** The first line of the file; each of the others is an entry. */
export interface StateHeader {
  readonly kind: 'meho-acceptance fleet';
  readonly version: 1;
  /** Of the run that began it. */
  readonly startedAt: string;
  /** Of the run that holds it. */
  readonly owner: Owner;
  readonly of: Readonly<Record<string, string>>;
}

export interface StateEntry {
  readonly release: ReleaseReport;
  /** The release's objects and their versions. */
  readonly objects: string;
}

export const HEARTBEAT_MS = 10_000;
/** Of a run out of this process's sight, in another container or on another machine. */
const SILENT_MS = 6 * HEARTBEAT_MS;

/**
 * @param of this run's @returns undefined for an empty file: one that was made and not written to
 * @throws UsageError for any other file, and for a state of another fleet
 */
export function readState(
  text: string,
  file: string,
  of: Readonly<Record<string, string>>,
): { readonly header: StateHeader; readonly entries: readonly StateEntry[] } | undefined {
  const [first = '', ...rest] = text.split('\n');
  if (text.trim() === '') {
    return undefined;
  }
  const header = parsed(first);
  if (!isHeader(header)) {
    throw new UsageError([
      `--state ${file}: expected what an earlier run of fleet has left, or no file; it is another`,
    ]);
  }
  const names = [...new Set([...Object.keys(of), ...Object.keys(header.of)])];
  const other = names.filter((name) => of[name] !== header.of[name]);
  if (other.length > 0) {
    const was = other.map((name) => `${name} was ${header.of[name] || 'not given'} and is ${of[name] || 'not given'}`);
    throw new UsageError([
      `--state ${file}: expected the state of this fleet, it is another's (${was.join('; ')}): give the flags of then, or remove the file`,
    ]);
  }
  // The last line may be torn: its release is asked again.
  return { header, entries: rest.map(parsed).filter(isEntry) };
}

/** @param touchedMs when the file was last touched @throws UsageError if its run may still be there */
export async function assertFree({ owner, startedAt }: StateHeader, file: string, touchedMs: number): Promise<void> {
  const liveness = await livenessOf(owner, Date.parse(startedAt));
  const silentMs = Date.now() - touchedMs;
  if (liveness === 'alive' && owner.pid !== process.pid) {
    throw new UsageError([
      `--state ${file}: expected no other run to use it, process ${owner.pid} does: wait for its end`,
    ]);
  }
  if (liveness === 'unknown' && silentMs < SILENT_MS) {
    const seconds = Math.ceil((SILENT_MS - silentMs) / 1000);
    throw new UsageError([
      `--state ${file}: expected no other run to use it, process ${owner.pid} on ${owner.host} did a moment ago: if that is gone, run again in ${seconds} s`,
    ]);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is StateHeader {
  return (
    isFields(value) &&
    value['kind'] === 'meho-acceptance fleet' &&
    value['version'] === 1 &&
    typeof value['startedAt'] === 'string' &&
    isFields(value['owner']) &&
    isFields(value['of'])
  );
}

function isEntry(value: unknown): value is StateEntry {
  const release = isFields(value) ? value['release'] : undefined;
  return (
    isFields(value) &&
    typeof value['objects'] === 'string' &&
    isFields(release) &&
    typeof release['name'] === 'string' &&
    typeof release['startedAt'] === 'string' &&
    (release['outcome'] === 'passed' || release['outcome'] === 'failed') &&
    Array.isArray(release['checks']) &&
    release['checks'].every(isFields)
  );
}
