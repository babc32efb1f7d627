import { createHash } from 'node:crypto';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';

const GIT_TIMEOUT_MS = 10_000;

export interface SourceIdentity {
  /** 40 hexadecimal digits. */
  readonly gitSha: string;
  /** UTC commit time, the same for every build. */
  readonly buildDate: string;
  /** Then the sha alone doesn't identify the content. */
  readonly isDirty: boolean;
}

/** Of the repository: git says nothing of a path that isn't there. */
export const contents = ['apps/reference-backplane', 'images', 'package-lock.json'] as const;

/**
 * @param root the work tree; only files that go into the image count
 * @throws Problem without a git commit
 */
export async function sourceIdentity(root: string): Promise<SourceIdentity> {
  const git = async (...args: readonly string[]) =>
    (await run('git', ['-C', root, ...args], { timeoutMs: GIT_TIMEOUT_MS })).stdout.trim();
  try {
    const [gitSha, seconds, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('show', '--no-patch', '--format=%ct', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=all', '--no-renames', '-z', '--', ...contents),
    ]);
    return { gitSha, buildDate: utc(Number(seconds)), isDirty: changes.split('\0').some(isInTheImage) };
  } catch (cause) {
    throw new Problem(
      {
        expected: `${root} to be a git work tree with a commit`,
        observed: 'git could not say which',
        next: 'clone the repository with git: an image says which commit it was built from',
      },
      { cause },
    );
  }
}

/** Of untracked files, a build picks up only migrations by itself. */
function isInTheImage(line: string): boolean {
  const path = line.slice(3);
  return line.startsWith('??')
    ? /^apps\/reference-backplane\/migrations\/.*\.sql$/.test(path)
    : path !== '' && !/\.(?:test|spec)\.ts$|\.md$/.test(path);
}

/** Always the same for the same N. */
export function nextIdentity({ gitSha, buildDate, isDirty }: SourceIdentity): SourceIdentity {
  const next = createHash('sha1').update(`the commit after ${gitSha}`).digest('hex');
  return { gitSha: next, buildDate: utc(Date.parse(buildDate) / 1000 + 1), isDirty };
}

/** @param contentHash the recipe's, hexadecimal; tells uncommitted builds apart */
export function tagOf({ gitSha, isDirty }: SourceIdentity, contentHash: string): string {
  return isDirty ? `sha-${gitSha}-dirty-${contentHash.slice(0, 12)}` : `sha-${gitSha}`;
}

/** @throws Error for a tag not made by `tagOf` */
export function commitIn(tag: string): string {
  const commit = /^sha-([0-9a-f]{40})(?:-dirty-[0-9a-f]+)?$/.exec(tag)?.[1];
  if (commit === undefined) {
    throw new Error(`expected a tag like sha-<git-sha>, got ${JSON.stringify(tag)}`);
  }
  return commit;
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
