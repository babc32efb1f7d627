import { randomBytes } from 'node:crypto';

const PREFIX = 'MEHO_CHILD_';

/**
 * A variable that a child and all that it starts carry in their environment, whatever process they end up below: by it they
 * are known as ours. Each has a name of its own, so that a run within a run carries both.
 */
export interface ChildMark {
  /** As it stands in `/proc/<pid>/environ`. */
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
}

export function newChildMark(): ChildMark {
  const name = `${PREFIX}${randomBytes(12).toString('hex')}`;
  return { text: `${name}=1`, env: { [name]: '1' } };
}

/** The environment of a daemon, which is nobody's child: it outlives what started it. */
export function withoutChildMarks(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(PREFIX)));
}
