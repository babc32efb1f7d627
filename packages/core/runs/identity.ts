import { randomBytes } from 'node:crypto';
import { type Owner, ownerOf } from './owner.ts';

export interface RunIdentity {
  /** Short and usable in names of every kind. */
  readonly id: string;
  readonly owner: Owner;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Set at creation, so that anyone who finds an object can tell whether its run lives. */
  readonly labels: Readonly<Record<string, string>>;
}

export const managedByLabel = 'meho.io/managed-by';
export const managedByValue = 'acceptance';
export const runLabel = 'meho.io/run';
const ownerLabels = {
  host: 'meho.io/run-host',
  bootId: 'meho.io/run-boot',
  pidNamespace: 'meho.io/run-pid-namespace',
  pid: 'meho.io/run-pid',
  startTicks: 'meho.io/run-pid-start',
} as const satisfies Record<keyof Owner, string>;
/** Seconds since 1970. */
const createdAtLabel = 'meho.io/run-created';

/** For people: what stays until `npm run down`. */
const heldLabel = 'meho.io/run-held';

/** Why a run's things stay: `npm run up` began it, or `--keep` kept them. */
export type HeldKind = 'up' | 'kept';

export interface NewRun {
  readonly now?: Date;
  /** Of the process that owns it. */
  readonly pid?: number;
  readonly held?: HeldKind;
}

/** Dead when its process ends, however it ends; by default this one. */
export async function newRun({ now = new Date(), pid, held }: NewRun = {}): Promise<RunIdentity> {
  // As labels say it, so that the run's folder has one name.
  const createdAt = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const run = identityOf(randomBytes(5).toString('hex'), await ownerOf(pid), createdAt);
  return held === undefined ? run : { ...run, labels: { ...run.labels, [heldLabel]: held } };
}

export function identityOf(id: string, owner: Owner, createdAt: Date): RunIdentity {
  const ownerValues = Object.entries(ownerLabels).map(([field, label]) => [
    label,
    labelValue(String(owner[field as keyof Owner])),
  ]);
  return {
    id,
    owner,
    createdAt: createdAt.toISOString(),
    labels: {
      [managedByLabel]: managedByValue,
      [runLabel]: id,
      ...Object.fromEntries(ownerValues),
      [createdAtLabel]: String(Math.floor(createdAt.getTime() / 1000)),
    },
  };
}

/** Undefined without a whole identity: others aren't ours to judge. */
export function runOf(labels: Readonly<Record<string, string>> | undefined): RunIdentity | undefined {
  if (labels?.[managedByLabel] !== managedByValue) {
    return undefined;
  }
  const owner = Object.fromEntries(Object.entries(ownerLabels).map(([field, label]) => [field, labels[label]]));
  return identityIn({ id: labels[runLabel], ...owner }, 1000 * Number(labels[createdAtLabel]));
}

/** The texts of an identity, as found. Undefined if it isn't whole. */
export function identityIn(
  { id, host, bootId, pidNamespace, pid, startTicks }: Partial<Record<'id' | keyof Owner, string | undefined>>,
  createdAtMs: number,
): RunIdentity | undefined {
  if (
    id === undefined ||
    host === undefined ||
    bootId === undefined ||
    pidNamespace === undefined ||
    startTicks === undefined ||
    !Number.isInteger(Number(pid)) ||
    !Number.isInteger(createdAtMs)
  ) {
    return undefined;
  }
  return identityOf(id, { host, bootId, pidNamespace, pid: Number(pid), startTicks }, new Date(createdAtMs));
}

/** Kubernetes' narrower form: 63 letters, digits, `-`, `_`, `.`, alphanumeric at both ends. */
export function labelValue(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 63)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
