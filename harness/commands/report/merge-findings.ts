import type { RunReport, ShardRecord } from '@meho/core/report/run-report';
import type { GivenRun } from './given-run.ts';
import { factsOf } from './subject-changes.ts';

export interface Shard {
  readonly place: string;
  readonly report: RunReport;
  readonly shard: ShardRecord;
}

/** Why shards don't make one whole. */
export interface MergeFinding {
  /** In few words, e.g. `3/5 is there`. */
  readonly title: string;
  /** One line. */
  readonly detail: string;
}

/** @returns undefined for the report of a whole run */
export function shardOf({ place, report }: GivenRun): Shard | undefined {
  return report.shard === undefined ? undefined : { place, report, shard: report.shard };
}

/** A finding each, in the order of shards; all are compared with the first one. */
export function mergeFindings(shards: readonly [Shard, ...Shard[]]): readonly MergeFinding[] {
  const [first, ...others] = shards;
  return [
    ...others.flatMap((other) => differences(first, other)),
    ...shards.flatMap(({ place, shard }) => (shard.isDirty ? [uncommitted(place, shard)] : [])),
    ...shards.flatMap(endedEarly),
    ...twice(shards),
    ...missing(shards),
    ...inTwo(shards),
    ...shards.flatMap(ownStories),
  ];
}

const nameOf = ({ index, total }: ShardRecord) => `${index}/${total}`;

function differences(first: Shard, other: Shard): readonly MergeFinding[] {
  const [a, b] = [nameOf(first.shard), nameOf(other.shard)];
  const differs = (what: string, expected: string, seen: string): readonly MergeFinding[] =>
    expected === seen
      ? []
      : [
          {
            title: `${b} has the ${what} of ${a}`,
            detail: `expected the ${what} of shard ${a}, ${expected}; seen in ${b} (${other.place}): ${seen}`,
          },
        ];
  return [
    ...differs('number of shards', String(first.shard.total), String(other.shard.total)),
    ...differs('commit', first.shard.commit, other.shard.commit),
    ...differs('options', first.shard.options.join(' '), other.shard.options.join(' ')),
    ...differs('selection of stories', ...apart(first.shard.all, other.shard.all)),
    ...differs('way of splitting', first.shard.splitBy, other.shard.splitBy),
    ...differs('test subject', ...subjectsApart(first.report, other.report)),
  ];
}

/** Only what one has and the other has not. */
function apart(a: readonly string[], b: readonly string[]): readonly [string, string] {
  const only = (mine: readonly string[], others: readonly string[]) =>
    mine.filter((each) => !others.includes(each)).join(', ');
  const [here, there] = [only(a, b), only(b, a)];
  return [here === '' && there !== '' ? 'nothing more' : here, there === '' && here !== '' ? 'without them' : there];
}

/** What both say: a shard may have used an image less, or no cluster at all. */
function subjectsApart(a: RunReport, b: RunReport): readonly [string, string] {
  const [was, is] = [factsOf(a.underTest), factsOf(b.underTest)];
  const different = [...was].filter(([what, value]) => is.has(what) && is.get(what) !== value).map(([what]) => what);
  const said = (facts: ReadonlyMap<string, string>) =>
    different.map((what) => `${what} ${facts.get(what) ?? ''}`).join(', ');
  return [said(was), said(is)];
}

function uncommitted(place: string, shard: ShardRecord): MergeFinding {
  return {
    title: `${nameOf(shard)} ran its commit`,
    detail: `expected shard ${nameOf(shard)} (${place}) to run commit ${shard.commit}, seen tracked files that were changed since`,
  };
}

function twice(shards: readonly Shard[]): readonly MergeFinding[] {
  return [...Map.groupBy(shards, ({ shard }) => nameOf(shard))].flatMap(([name, same]) =>
    same.length < 2
      ? []
      : [
          {
            title: `${name} is there once`,
            detail: `expected shard ${name} once, seen ${same.length} times: ${same.map(({ place }) => place).join(', ')}`,
          },
        ],
  );
}

function missing(shards: readonly [Shard, ...Shard[]]): readonly MergeFinding[] {
  const { total, all } = shards[0].shard;
  const there = new Set(shards.map(({ shard }) => shard.index));
  const gone = Array.from({ length: total }, (_, at) => at + 1).filter((index) => !there.has(index));
  const run = new Set(shards.flatMap(({ shard }) => shard.stories));
  const without = all.filter((story) => !run.has(story));
  const shardLines = gone.map((index) => ({
    title: `${index}/${total} is there`,
    detail: `expected shard ${index}/${total}, seen none; next: run it, by --shard ${index}/${total}, and merge again`,
  }));
  // With a shard missing, its stories are missing with it.
  const storyLines = without.map((story) => ({
    title: `${story} is in a shard`,
    detail: `expected ${story} in one shard, seen it in none`,
  }));
  return gone.length > 0 ? shardLines : storyLines;
}

function inTwo(shards: readonly Shard[]): readonly MergeFinding[] {
  const places = shards.flatMap(({ shard }) => shard.stories.map((story) => ({ story, name: nameOf(shard) })));
  return [...Map.groupBy(places, ({ story }) => story)].flatMap(([story, found]) => {
    const names = [...new Set(found.map(({ name }) => name))];
    return names.length < 2
      ? []
      : [
          {
            title: `${story} is in one shard`,
            detail: `expected ${story} in one shard, seen it in ${names.join(' and ')}`,
          },
        ];
  });
}

function endedEarly({ place, shard, report: { ended } }: Shard): readonly MergeFinding[] {
  if (ended === undefined) {
    return [];
  }
  const [why = ''] = ended.why.split('\n');
  const during = ended.during === undefined ? '' : ` during ${ended.during}`;
  return [
    {
      title: `${nameOf(shard)} came to its end`,
      detail: `expected shard ${nameOf(shard)} (${place}) to come to its end, seen that it ${ended.how === 'interrupted' ? 'was interrupted' : ended.how}${during}: ${why}`,
    },
  ];
}

/** A shard that came to its end has results of its own stories, all of them and no others. */
function ownStories({ place, shard, report }: Shard): readonly MergeFinding[] {
  if (report.ended !== undefined) {
    return [];
  }
  const ran = new Set(report.tests.map(({ file }) => file));
  const name = nameOf(shard);
  return [
    ...shard.stories
      .filter((story) => !ran.has(story))
      .map((story) => ({
        title: `${story} was run`,
        detail: `expected results of ${story} in shard ${name} (${place}), seen none: the run ended before it`,
      })),
    ...[...ran]
      .filter((story) => !shard.stories.includes(story))
      .map((story) => ({
        title: `${story} is of ${name}`,
        detail: `expected shard ${name} (${place}) to run its own stories, seen ${story} as well`,
      })),
  ];
}
