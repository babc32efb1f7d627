import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { writeReport } from '@meho/core/report/output';
import type { PromiseReport } from '@meho/core/report/run-report';
import { jsonText } from '@meho/core/report/safe-text';
import { repositoryRoot } from '@meho/core/repository';

/** Outlives runs in its folder: which faults this build's own tests have injected, and its checks seen. */
export const seenFaultsFile = 'faults-seen.json';

export interface SeenFaults {
  /** Commit of a work tree without changes: of another one they show nothing. */
  readonly build: string;
  readonly suites: Readonly<Record<string, { readonly at: string; readonly titles: readonly string[] }>>;
}

const gitTimeoutMs = 10_000;

/** @returns undefined with uncommitted changes, or without git */
export async function buildOf(root: string = repositoryRoot): Promise<string | undefined> {
  const git = async (...args: readonly string[]) =>
    (await run('git', ['-C', root, ...args], { timeoutMs: gitTimeoutMs })).stdout.trim();
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return changes === '' ? commit : undefined;
  } catch {
    // A packed tree has no commit: then nothing is said of earlier runs.
    return undefined;
  }
}

export async function readSeenFaults(artefacts: string, build: string | undefined): Promise<SeenFaults | undefined> {
  try {
    const found = JSON.parse(await readFile(path.join(artefacts, seenFaultsFile), 'utf8')) as SeenFaults;
    return found.build === build ? found : undefined;
  } catch {
    // No faults were run before, or another program wrote the file: then nothing is shown.
    return undefined;
  }
}

/** @param known titles that this build has, by suite */
export function withSeenBefore(
  promises: readonly PromiseReport[],
  before: SeenFaults | undefined,
  known: ReadonlyMap<string, readonly string[]>,
): readonly PromiseReport[] {
  return promises.map((promise) => {
    const { at, titles = [] } = before?.suites[promise.id] ?? {};
    const count = titles.filter((title) => known.get(promise.id)?.includes(title)).length;
    return at === undefined || count === 0
      ? promise
      : { ...promise, faults: { ...promise.faults, seenBefore: { count, at } } };
  });
}

/** Adds what this run saw to what runs of the same build had seen; what it missed is no longer seen. */
export async function keepSeenFaults(
  artefacts: string,
  { build, before, at }: { readonly build: string; readonly before: SeenFaults | undefined; readonly at: string },
  promises: readonly PromiseReport[],
): Promise<void> {
  const changed = promises.flatMap(({ id, faults: { seen, missed } }) => {
    if (seen.length + missed.length === 0) {
      return [];
    }
    const earlier = before?.suites[id]?.titles ?? [];
    const titles = [...new Set([...earlier, ...seen])].filter((title) => !missed.includes(title));
    return [[id, { at, titles }] as const];
  });
  if (changed.length > 0) {
    const document: SeenFaults = { build, suites: { ...before?.suites, ...Object.fromEntries(changed) } };
    await writeReport(path.join(artefacts, seenFaultsFile), 'json', `${jsonText(document)}\n`);
  }
}
