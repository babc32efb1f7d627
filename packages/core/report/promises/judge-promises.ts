import type { CheckRecord, EndedEarly, PromiseReport, PromiseState, TestReport } from '../run-report.ts';
import type { Tally } from '../tally.ts';
import { busyTime } from './busy-time.ts';

/** What is promised, and what this build has to judge it by. */
export interface PromiseDefinition {
  /** Of its folder in `suites/`, and of its faults. */
  readonly id: string;
  readonly title: string;
  readonly promise: string;
  /** Files of its stories, from the repository's root. */
  readonly stories: readonly string[];
  /** Titles of its faults, as tests name them. */
  readonly faults: readonly string[];
}

export interface Judged {
  readonly tests: readonly TestReport[];
  readonly checks: readonly CheckRecord[];
  /** Only tests of some names were asked for. */
  readonly isByName: boolean;
  readonly ended?: EndedEarly | undefined;
}

/** In the order of the definitions; never more than its tests have shown. */
export function judgePromises(
  definitions: readonly PromiseDefinition[],
  { tests, checks, isByName, ended }: Judged,
): readonly PromiseReport[] {
  const fileOf = new Map(tests.map(({ name, file }) => [name, file]));
  return definitions.map((definition) => {
    const { id, title, promise, stories: files, faults: known } = definition;
    const stories = tests.filter(({ file }) => file.startsWith(`suites/${id}/`));
    const faults = tests.filter(({ file }) => file.endsWith(`/${id}.faults.ts`));
    const mine = checks.filter(({ test }) => fileOf.get(test)?.startsWith(`suites/${id}/`));
    const passed = new Set(stories.filter(({ state }) => state === 'passed').map(({ name }) => name));
    const asked = new Set(stories.map(({ file }) => file));
    const isWhole = !isByName && files.length > 0 && files.every((file) => asked.has(file));
    const tally = tallyOf(stories);
    const wanted = mine.filter(({ test, outcome }) => outcome === 'violated' && passed.has(test));
    const injected = faults.filter(({ name }) => name !== `${id} > healthy`);
    return {
      id,
      title,
      promise,
      state: stateOf(tally, { isWhole, faults, wasAsked: stories.length > 0, ended }),
      stories: tally,
      isWhole,
      checks: {
        ids: new Set(mine.map((check) => check.id)).size,
        made: mine.filter(({ outcome }) => outcome !== 'skipped').length,
      },
      durationMs: Math.round(busyTime([...stories, ...faults])),
      faults: {
        known: known.length,
        seen: titlesOf(injected, 'passed', id),
        missed: titlesOf(injected, 'failed', id),
        redInStories: [...new Set(wanted.map((check) => check.id))],
      },
    };
  });
}

interface Circumstances {
  readonly isWhole: boolean;
  readonly faults: readonly TestReport[];
  readonly wasAsked: boolean;
  readonly ended: EndedEarly | undefined;
}

function stateOf(stories: Tally, { isWhole, faults, wasAsked, ended }: Circumstances): PromiseState {
  if (stories.failed > 0) {
    return 'broken';
  }
  if (faults.some(({ state }) => state === 'failed')) {
    return 'blind';
  }
  if (!wasAsked && faults.length === 0) {
    return 'not asked';
  }
  if (ended !== undefined) {
    return 'unfinished';
  }
  if (!wasAsked) {
    return faults.some(({ state }) => state === 'passed') ? 'sees its faults' : 'not proven';
  }
  if (stories.passed === 0) {
    return 'not proven';
  }
  return isWhole && stories.skipped === 0 ? 'holds' : 'partly proven';
}

export function tallyOf(tests: readonly TestReport[]): Tally {
  const count = (wanted: TestReport['state']) => tests.filter(({ state }) => state === wanted).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

function titlesOf(faults: readonly TestReport[], wanted: TestReport['state'], id: string): readonly string[] {
  return faults.filter(({ state }) => state === wanted).map(({ name }) => name.slice(`${id} > `.length));
}
