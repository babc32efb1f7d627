import { randomBytes } from 'node:crypto';
import { type Owner, ownerOf } from './owner.ts';

/** One run of a command that creates things outside its own process. */
export interface RunIdentity {
  /** Short and usable in names of every kind. */
  readonly id: string;
  readonly owner: Owner;
  /** ISO 8601. */
  readonly createdAt: string;
  /**
   * What everything that the run creates carries from the moment it exists: containers, networks and volumes of an
   * engine as well as namespaces and objects of a cluster. Whoever finds it can tell whether its run still lives.
   */
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

/** The identity of a run that this process owns: when it ends, however it ends, the run is dead. */
export async function newRun(now = new Date()): Promise<RunIdentity> {
  return identityOf(randomBytes(5).toString('hex'), await ownerOf(), now);
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

/** The run that an object's labels name; undefined when they aren't a whole identity, so it isn't ours to judge. */
export function runOf(labels: Readonly<Record<string, string>> | undefined): RunIdentity | undefined {
  if (labels?.[managedByLabel] !== managedByValue) {
    return undefined;
  }
  const id = labels[runLabel];
  const host = labels[ownerLabels.host];
  const bootId = labels[ownerLabels.bootId];
  const pidNamespace = labels[ownerLabels.pidNamespace];
  const pid = Number(labels[ownerLabels.pid]);
  const startTicks = labels[ownerLabels.startTicks];
  const seconds = Number(labels[createdAtLabel]);
  if (
    id === undefined ||
    host === undefined ||
    bootId === undefined ||
    pidNamespace === undefined ||
    startTicks === undefined ||
    !Number.isInteger(pid) ||
    !Number.isInteger(seconds)
  ) {
    return undefined;
  }
  return identityOf(id, { host, bootId, pidNamespace, pid, startTicks }, new Date(seconds * 1000));
}

/** Kubernetes is the narrower: 63 letters, digits, `-`, `_`, `.`, with a letter or digit at both ends. */
export function labelValue(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 63)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
