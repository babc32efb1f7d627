import { describe, expect, test } from 'vitest';
import { runHtml } from './run-html.ts';
import { type CheckRecord, mapTexts, type RunReport, type TestReport } from './run-report.ts';
import { aPromise, aRollback, aRun } from './testing/a-run.ts';

const { underTest, ...bare } = aRun();
const nothing: RunReport = { ...bare, tests: [], checks: [], attachments: [], promises: [] };

/** A run of many stories, each with checks; every fifth fails in its own words. */
function large(count: number): RunReport {
  const tests = Array.from(
    { length: count },
    (_, index): TestReport => ({
      file: `suites/smoke/story-${index % 40}.spec.ts`,
      name: `a story of a hundred words > ${index} ${'that goes on '.repeat(8)}`,
      state: index % 5 === 0 ? 'failed' : 'passed',
      durationMs: 1000 * index,
      detail: index % 5 === 0 ? `failure ${index} ${'said a lot\n'.repeat(2000)}` : '',
      failure: { expected: `${index} rows`, observed: `${index + 1} rows ${'x'.repeat(5000)}` },
      rerun: `npm run acceptance -- --suite smoke/story-${index}`,
    }),
  );
  const checks = tests.flatMap(({ name }, story) =>
    Array.from(
      { length: 12 },
      (_, index): CheckRecord => ({
        ...{ test: name, id: `check-${index}`, title: `Check ${index} of the contract`, durationMs: 5 },
        ...{ outcome: 'holds', observed: `answer ${story} of ${index} ${'y'.repeat(500)}` },
      }),
    ),
  );
  return aRun({ tests, checks });
}

const ended = { how: 'broke off', during: 'images', why: 'expected an engine\nseen none' } as const;
const runs: readonly (readonly [string, RunReport])[] = [
  ['a run with a failure', aRun()],
  ['a green run', aRun({ outcome: 'passed', tests: aRun().tests.slice(3), promises: [aPromise()] })],
  ['40 failures', large(200)],
  ['an upgrade and a rollback', aRun({ rollback: aRollback() })],
  ['a run that ended before anything started', { ...nothing, ended }],
  ['an interrupted run', aRun({ ended: { how: 'interrupted', why: 'SIGINT' } })],
  ['a report of a version before promises', { ...bare, promises: [] }],
];

describe.each(runs)('the page of %s', (_, run) => {
  const page = runHtml(run);

  test('names no other resource and needs no network', () => {
    expect(page.replaceAll(/href="(?:#|evidence|network-policy|suites|file:)[^"]*"/g, '')).not.toMatch(
      /\b(?:src|href)=|@import|url\(|https?:/,
    );
  });
  test('has its headings in order, and one of the first level', () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  });
  test('captions each table, and says of each heading cell what it heads', () => {
    expect(page.match(/<table/g)?.length ?? 0).toBe(page.match(/<caption/g)?.length ?? 0);
    expect(page.match(/<th(?![^>]* scope=)[ >]/g)).toBeNull();
  });
  test('shows no part that is missing as a word of the language', () => {
    expect(page).not.toMatch(/undefined|\[object|NaN/);
  });
});

test('200 stories, 40 of which failed at length, fit in 1 MB', () => {
  expect(Buffer.byteLength(runHtml({ ...large(200), rollback: aRollback() }))).toBeLessThan(1_000_000);
});

test('every failure has expected, seen, cause, a line to look further, evidence and a page', () => {
  const page = runHtml(large(200));
  const articles = page.split('<article').slice(1);
  expect(articles).toHaveLength(40);
  for (const article of articles) {
    const names = [...article.matchAll(/<dt>([^<]+)<\/dt><dd[^>]*>(?=[^<]|<(?!\/))/g)].map(([, name]) => name);
    expect(names).toEqual(['Expected', 'Seen', 'Cause', 'Look further', 'Evidence', 'Page']);
  }
});

test('what a deployment says never becomes markup, whichever text it is in', () => {
  const hostile = `</script></style><img src=x onerror=alert(1)>"'&`;
  const texts: string[] = [];
  const of = (run: RunReport) => {
    const { tests, underTest: subject, phases, ...rest } = run;
    const keep = (text: string) => {
      texts.push(text);
      return /^(?:passed|failed|skipped|broken|holds|partly proven|not asked|violated|unknown|evidence|matrix|results|interrupted|\d{4}-.*Z)$/.test(
        text,
      )
        ? text
        : `${text}${hostile}`;
    };
    return runHtml(
      mapTexts({ ...rest, tests, ...(subject === undefined ? {} : { underTest: subject }), phases }, keep),
    );
  };
  const page = of(aRun({ ended: { how: 'interrupted', why: 'SIGINT' }, rollback: aRollback() }));
  expect(texts.length).toBeGreaterThan(80);
  expect(page).not.toMatch(/<img|onerror=alert\(1\)>/);
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});

describe('the first screen answers', () => {
  const first = (run: RunReport) => {
    const text = runHtml(run).split('<h2')[0] ?? '';
    return text
      .slice(text.indexOf('<main>'))
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  };
  test('which promise broke, since when, and what to run next', () => {
    const words = first(aRun());
    expect(words).toContain('Broken: Smoke and federation. 1 of 4 stories failed');
    expect(words).toContain(
      'since the run of 2026-01-01 09:04 UTC; it last held in the run of 2026-01-01 03:04 UTC (commit 3f2a9c1)',
    );
    expect(words).toContain('Run next npm run acceptance -- --suite smoke/b');
    expect(words).toContain('seen false (read_failed: Forbidden)');
  });
  test('that a part was asked, and no more', () => {
    const promises = [aPromise(), aPromise({ title: 'Smoke', state: 'partly proven', isWhole: false })];
    const words = first(aRun({ outcome: 'passed', tally: { passed: 2, failed: 0, skipped: 0 }, promises, tests: [] }));
    expect(words).toContain('Cold install holds; what was asked of Smoke holds.');
    const page = runHtml(aRun({ outcome: 'passed', promises, tests: [], checks: [] }));
    expect(page).toContain('<li>only a part of their stories was asked: Smoke</li>');
  });
  test('that there is no verdict, and why', () => {
    expect(first({ ...nothing, ended })).toMatch(
      /No verdict: the run broke off after .* in “images”, before anything was judged\. Why expected an engine seen none/,
    );
  });
  test('that nothing was proven, where nothing passed', () => {
    const promises = [aPromise({ state: 'not proven' })];
    const tally = { passed: 0, failed: 0, skipped: 3 };
    expect(first(aRun({ tally, promises, tests: [] }))).toContain('Nothing was proven');
  });
});

test('faults are told as they are known: by this run, by this build, or not at all', () => {
  const row = (faults: Partial<ReturnType<typeof aPromise>['faults']>) =>
    runHtml(aRun({ promises: [aPromise({ faults: { ...aPromise().faults, ...faults } })] }));
  expect(row({})).toContain('40 known, not shown in this run: <code>npm run faults -- install</code>');
  expect(row({ seenBefore: { count: 38, at: '2026-01-01T03:04:05.000Z' } })).toContain(
    '38 of 40 seen by this build, 2026-01-01 03:04 UTC',
  );
  expect(row({ seen: ['a', 'b'] })).toContain('2 of 40 injected and seen');
  expect(row({ missed: ['a'] })).toContain('1 fault not seen');
});
