import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';

type Moved = Readonly<Record<string, readonly string[]>>;

const file = path.join(repositoryRoot, 'docs', 'moved-stories.json');
const { stories, checks, faults }: Readonly<Record<string, Moved>> = JSON.parse(readFileSync(file, 'utf8'));

/** Parts of a name that its file doesn't have. */
function missing(name: string): readonly string[] {
  const [place = '', ...parts] = name.split(' > ');
  const text = readFileSync(path.join(repositoryRoot, place), 'utf8');
  const isQuoted = (part: string) => ["'", '"', '`'].some((quote) => text.includes(`${quote}${part}${quote}`));
  return parts.flatMap((part) => part.split(/(?<=^[a-z-]+): /)).filter((part) => !isQuoted(part));
}

const today = Object.values({ ...stories, ...checks, ...faults }).flat();

test('there are names that moved', () => {
  expect(today.length).toBeGreaterThan(10);
});

test.each(today)('%j is a name of today', (name) => {
  expect(missing(name)).toEqual([]);
});

test('a name that is of no test is found', () => {
  expect(missing('suites/smoke/refusals.spec.ts > a token that is not to be believed > is believed')).toEqual([
    'is believed',
  ]);
});
