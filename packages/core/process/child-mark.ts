import { randomBytes } from 'node:crypto';

const PREFIX = 'MEHO_CHILD_';

/**
 * An environment variable that identifies all descendants, wherever they end up. Unique, so that nested runs carry
 * both.
 */
export interface ChildMark {
  /** As in `/proc/<pid>/environ`. */
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
}

export function newChildMark(): ChildMark {
  const name = `${PREFIX}${randomBytes(12).toString('hex')}`;
  return { text: `${name}=1`, env: { [name]: '1' } };
}

/** For a daemon: it outlives its starter. */
export function withoutChildMarks(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(PREFIX)));
}
