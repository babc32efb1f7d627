import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import type { Progress } from '@meho/core/report/progress';
import { scratchFolder } from '@meho/core/runs/temporary';
import { createAuthority } from '@meho/core/testing/authority';
import { type Build, baselineBuild, commitOf, ownBuild } from './build.ts';
import { type Pair, PairRecord } from './pair-record.ts';
import { pairsTable } from './pairs-table.ts';
import type { PairSubject } from './subjects.ts';
import { timed } from './timed.ts';

export interface PairsRequest {
  /** As git names it. */
  readonly baseline: string;
  readonly subjects: readonly PairSubject[];
  /** Instead of each subject's own number. */
  readonly pairs: number | undefined;
  readonly cacheFolder: string;
  readonly artefacts: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Takes this tree's build and a commit's in turn, the first of a pair by turns too, because both then meet the same load.
 *
 * @returns the table
 */
export async function runPairs(request: PairsRequest): Promise<string> {
  const { progress, signal, subjects } = request;
  await using stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await scratchFolder('bench-pairs'));
  const commit = await commitOf(request.baseline, signal);
  const baseline = await baselineBuild(commit, path.join(request.cacheFolder, 'baselines'), { progress, signal });
  const own = await ownBuild(folder, { progress, signal });
  const record = new PairRecord(request.artefacts, own.commit, baseline.commit);
  const kept = await record.read();
  const authority = await createAuthority();
  await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
  const pairs: Pair[] = [];
  for (const subject of subjects) {
    const wanted = request.pairs ?? subject.pairs;
    const there = kept.filter((pair) => pair.subject === subject.name).slice(0, wanted);
    const place = { folder, authority, use: <T extends AsyncDisposable>(thing: T) => stack.use(thing) };
    const title = `${subject.name}: ${wanted} pairs${there.length === 0 ? '' : `, ${there.length} of them kept`}`;
    const taken = await progress.step(title, async () => {
      const call = await subject.prepare(place);
      return takePairs({
        own,
        baseline,
        left: wanted - there.length,
        from: there.length,
        subject,
        call,
        signal,
        record,
      });
    });
    pairs.push(...there, ...taken);
  }
  return `this tree ${own.commit}, baseline ${baseline.commit}\n\n${pairsTable(subjects, pairs)}`;
}

interface Taking {
  readonly own: Build;
  readonly baseline: Build;
  readonly subject: PairSubject;
  readonly call: Awaited<ReturnType<PairSubject['prepare']>>;
  readonly left: number;
  /** Number of the first. */
  readonly from: number;
  readonly record: PairRecord;
  readonly signal: AbortSignal;
}

async function takePairs({ own, baseline, subject, call, left, from, record, signal }: Taking): Promise<Pair[]> {
  const pairs: Pair[] = [];
  if (left > 0) {
    // The first of each is slower: files are read and code is compiled.
    await timed(own.program, call, signal);
    await timed(baseline.program, call, signal);
  }
  for (let number = from; number < from + left; number += 1) {
    const load = loadavg()[0] ?? 0;
    const isOwnFirst = number % 2 === 0;
    const [one, other] = isOwnFirst ? [own, baseline] : [baseline, own];
    const first = await timed(one.program, call, signal);
    const second = await timed(other.program, call, signal);
    const times = isOwnFirst ? { own: first, baseline: second } : { own: second, baseline: first };
    const pair = { subject: subject.name, ...times, load };
    await record.add(pair);
    pairs.push(pair);
  }
  return pairs;
}
