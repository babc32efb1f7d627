import { createHash } from 'node:crypto';
import { Problem } from '../../problem.ts';
import { run } from '../../process/run.ts';

const GIT_TIMEOUT_MS = 10_000;

/** Which source an image is built from: what its `/version` says. */
export interface SourceIdentity {
  /** 40 hexadecimal digits. */
  readonly gitSha: string;
  /** When the commit was made, in UTC: the same for every build of it. */
  readonly buildDate: string;
  /** Whether what the image holds differs from that commit; then the sha alone doesn't tell what is in it. */
  readonly isDirty: boolean;
}

/** What decides what the backplane's images hold: its sources, the packages in its bundle, and how both are put together. */
const contents = ['harness/backplane', 'harness/images', 'package-lock.json'] as const;

/**
 * @param root the work tree; files in it that don't end up in the image don't count
 * @throws Problem when it is not a git work tree with a commit
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

/** Of a line as `git status` has it: ` M path`, `?? path`. What nobody has added yet is found by a build in one place alone. */
function isInTheImage(line: string): boolean {
  const path = line.slice(3);
  return line.startsWith('??')
    ? /^harness\/backplane\/migrations\/.*\.sql$/.test(path)
    : path !== '' && !/\.(?:test|spec)\.ts$|\.md$/.test(path);
}

/** The made-up commit after this one that image N+1 is built as: another sha, the same for the same N. */
export function nextIdentity({ gitSha, buildDate, isDirty }: SourceIdentity): SourceIdentity {
  const next = createHash('sha1').update(`the commit after ${gitSha}`).digest('hex');
  return { gitSha: next, buildDate: utc(Date.parse(buildDate) / 1000 + 1), isDirty };
}

/**
 * The image's tag, as the seed wants it (`sha-<git-sha>`). With uncommitted changes the content tells builds apart.
 *
 * @param contentHash hash of the recipe, hexadecimal
 */
export function tagOf({ gitSha, isDirty }: SourceIdentity, contentHash: string): string {
  return isDirty ? `sha-${gitSha}-dirty-${contentHash.slice(0, 12)}` : `sha-${gitSha}`;
}

/** The commit in a tag that `tagOf` made. @throws Error for any other */
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
