import { UsageError } from '@meho/core/problem';
import type { Change } from './changes.ts';
import { newCheck } from './check.ts';
import { newFault } from './fault.ts';
import { newImage } from './image.ts';
import { newRule } from './rule.ts';

const kinds = { check: newCheck, rule: newRule, fault: newFault, image: newImage } as const;
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly Kind[];

/** Names that are in use, by kind; those of files are found by the files. */
export type Taken = Readonly<Record<Kind, readonly string[]>>;

/**
 * The files of a new check, rule, fault or image, as they will be: nothing is written.
 *
 * @throws UsageError, in one line, for a kind or name that can't be
 */
export function scaffold(args: readonly string[], root: string, taken: Taken): readonly Change[] {
  const [kind, name, ...rest] = args;
  if (kind === undefined || name === undefined || rest.length > 0) {
    throw new UsageError([`expected ${kindNames.join('|')} NAME, got ${JSON.stringify(args.join(' '))}`]);
  }
  if (!isKind(kind)) {
    throw new UsageError([`expected ${kindNames.join(', ')}, got ${JSON.stringify(kind)}`]);
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 30) {
    const form = 'at most 30 of a-z, 0-9 and single hyphens, beginning with a letter';
    throw new UsageError([`expected a name of ${form}, got ${JSON.stringify(name)}`]);
  }
  if (taken[kind].includes(name)) {
    throw new UsageError([`expected a name that is free, and there is a ${kind} ${name}: choose another`]);
  }
  return kinds[kind](name, root);
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(kinds, text);
}
