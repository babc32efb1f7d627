import type { CheckRecord, RunReport, TestReport } from '@meho/core/report/run-report';
import { aRun } from '@meho/core/report/testing/a-run';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { type Comparison, compareRuns } from './comparison.ts';
import { comparisonText } from './comparison-text.ts';
import schema from './run-comparison.schema.json' with { type: 'json' };

const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);

const given = (place: string, report: RunReport) => ({ place, file: `/${place}/report.json`, report });

/** Every comparison here keeps to the published schema. */
function compared(before: RunReport | readonly [RunReport, ...RunReport[]], after: RunReport, slowerIsWorse = false) {
  const [first, ...more] = 'tests' in before ? [before] : before;
  const found = compareRuns(
    [given('a', first), ...more.map((report, index) => given(`a${index + 2}`, report))],
    given('b', after),
    { slowerIsWorse },
  );
  expect(validate(JSON.parse(JSON.stringify(found))) ? [] : validate.errors).toEqual([]);
  return found;
}

const one = (state: TestReport['state'], changes: Partial<TestReport> = {}): TestReport => ({
  file: 'suites/smoke/b.spec.ts',
  name: 'the chain',
  state,
  durationMs: 1_000,
  ...changes,
});
const other = one('passed', { file: 'suites/install/a.spec.ts', name: 'answers' });

function run(tests: readonly TestReport[], changes: Partial<RunReport> = {}): RunReport {
  const count = (state: TestReport['state']) => tests.filter((each) => each.state === state).length;
  const tally = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  return aRun({ tests, tally, outcome: tally.failed === 0 ? 'passed' : 'failed', checks: [], ...changes });
}

type Kind = keyof Comparison['tests'];

test.each<[TestReport['state'] | 'absent', TestReport['state'] | 'absent', Kind | undefined, 'worse' | 'not worse']>([
  ['passed', 'failed', 'newFailures', 'worse'],
  ['skipped', 'failed', 'newFailures', 'worse'],
  ['absent', 'failed', 'newFailures', 'worse'],
  ['failed', 'failed', 'stillFailing', 'not worse'],
  ['failed', 'passed', 'mended', 'not worse'],
  ['passed', 'skipped', 'newlySkipped', 'worse'],
  ['failed', 'skipped', 'newlySkipped', 'worse'],
  ['skipped', 'passed', 'noLongerSkipped', 'not worse'],
  ['absent', 'passed', 'appeared', 'not worse'],
  ['absent', 'skipped', 'appeared', 'not worse'],
  ['passed', 'absent', 'vanished', 'worse'],
  ['failed', 'absent', 'vanished', 'worse'],
  ['skipped', 'absent', 'vanished', 'not worse'],
  ['passed', 'passed', undefined, 'not worse'],
  ['skipped', 'skipped', undefined, 'not worse'],
])('%s, then %s', (before, after, kind, verdict) => {
  const tests = (state: TestReport['state'] | 'absent') => [other, ...(state === 'absent' ? [] : [one(state)])];
  const found = compared(run(tests(before)), run(tests(after)));
  const filled = Object.entries(found.tests).filter(([, all]) => all.length > 0);
  expect(filled.map(([name]) => name)).toEqual(kind === undefined ? [] : [kind]);
  expect(filled.flatMap(([, all]) => all)).toEqual(
    kind === undefined ? [] : [{ file: 'suites/smoke/b.spec.ts', name: 'the chain', before, after }],
  );
  expect(found.verdict).toBe(verdict);
});

test('a name that two tests of a file have is as bad as the worse of them', () => {
  const found = compared(run([one('passed'), one('passed')]), run([one('passed'), one('failed')]));
  expect(found.tests.newFailures).toHaveLength(1);
});

test('stories that appear and vanish are named', () => {
  const found = compared(run([other]), run([one('passed')]));
  expect(found.stories).toEqual({ appeared: ['suites/smoke/b.spec.ts'], vanished: ['suites/install/a.spec.ts'] });
  expect(found.verdict).toBe('worse');
});

test('a run that is red without a failed test is worse than a green one', () => {
  const tally = { passed: 1, failed: 1, skipped: 0 };
  const found = compared(run([other]), run([other], { outcome: 'failed', tally }));
  expect(found.worse).toEqual(['the run failed without a failed test']);
});

test('a run that ended early is worse, and says how', () => {
  const ended = { how: 'broke off', during: 'cluster', why: 'no room' } as const;
  const found = compared(run([other]), run([], { outcome: 'failed', ended }));
  expect(found.worse).toEqual(['no verdict: the run broke off during cluster', '1 test gone']);
  expect(comparisonText(found)).toMatch(/^after .* no verdict \(broke off\): 0 passed/m);
  expect(compared(run([], { outcome: 'failed', ended }), run([other])).notes).toEqual([
    'a broke off during cluster: it has results of a part of its stories',
  ]);
});

describe('a check that held', () => {
  const check = (outcome: CheckRecord['outcome'], name = 'answers'): CheckRecord => ({
    ...{ test: name, id: 'healthz', title: 'GET /healthz answers', outcome, durationMs: 1 },
  });
  const withChecks = (...checks: readonly CheckRecord[]) => run([other], { checks });

  test.each<[string, readonly CheckRecord[], number]>([
    ['is no longer made', [], 1],
    ['is skipped', [check('skipped')], 1],
    ['is unknown', [check('unknown')], 1],
    ['holds', [check('holds')], 0],
    ['holds once in two times', [check('unknown'), check('holds')], 0],
    ['is violated, as its test wants', [check('violated')], 0],
  ])('and %s', (_, checks, lost) => {
    const found = compared(withChecks(check('holds')), withChecks(...checks));
    expect(found.lostChecks).toHaveLength(lost);
    expect(found.verdict).toBe(lost === 0 ? 'not worse' : 'worse');
  });

  test('isn’t told beside its test, where that fails or is gone', () => {
    const before = run([other, one('passed')], { checks: [check('holds', 'the chain')] });
    expect(compared(before, run([other, one('failed')])).lostChecks).toEqual([]);
    expect(compared(before, run([other])).lostChecks).toEqual([]);
  });
});

describe('times', () => {
  const took = (durationMs: number) => run([{ ...other, durationMs }], { durationMs: 100_000, phases: [] });

  test('are compared of test and story, and are worse only where that is asked', () => {
    const found = compared(took(5_000), took(20_000));
    expect(found.times.slower.map(({ what, beforeMs, afterMs }) => [what, beforeMs, afterMs])).toEqual([
      ['test', [5_000], 20_000],
      ['story', [5_000], 20_000],
    ]);
    expect(found.verdict).toBe('not worse');
    expect(compared(took(5_000), took(20_000), true).worse).toEqual(['2 times beyond noise']);
    expect(compared(took(20_000), took(5_000), true).times.faster).toHaveLength(2);
  });

  test('with four earlier runs are judged by their spread', () => {
    const earlier = [took(60_000), took(60_100), took(59_900), took(60_050)] as const;
    expect(compared([...earlier], took(63_000)).times.slower).toHaveLength(2);
    expect(compared(earlier[0], took(63_000)).times.slower).toEqual([]);
  });

  test('of tests beside each other count once in their story', () => {
    const beside = (durationMs: number) => {
      const startedAt = '2026-01-02T03:04:06.000Z';
      return run([
        { ...other, durationMs, startedAt },
        { ...other, name: 'more', durationMs, startedAt },
      ]);
    };
    const story = compared(beside(5_000), beside(20_000)).times.slower.find(({ what }) => what === 'story');
    expect(story).toMatchObject({ beforeMs: [5_000], afterMs: 20_000 });
  });

  test('of what failed are not compared', () => {
    const before = run([one('failed', { durationMs: 1_000 })]);
    expect(compared(before, run([one('passed', { durationMs: 60_000 })])).times.slower).toEqual([]);
  });

  test('of the run and its phases are compared, too', () => {
    const phases = (durationMs: number) => [{ title: 'images', depth: 0, startMs: 0, durationMs, failed: false }];
    const before = run([other], { durationMs: 60_000, phases: phases(1_000) });
    const after = run([other], { durationMs: 120_000, phases: phases(61_000) });
    expect(compared(before, after).times.slower.map(({ what, name }) => `${what} ${name}`)).toEqual([
      'run the whole run',
      'phase images',
    ]);
  });
});

test('what was under test is compared by version and digest', () => {
  const { underTest } = aRun();
  if (underTest === undefined) {
    throw new Error('expected a run on a cluster');
  }
  const [node, ...rest] = underTest.images;
  const after = {
    ...underTest,
    helm: '4.3.2',
    cluster: { ...underTest.cluster, kubernetesVersion: 'v1.36.0', policyEngine: 'Cilium 1.19.5' },
    chart: { ...underTest.chart, version: '0.2.0' },
    images: [...(node === undefined ? [] : [{ ...node, id: `sha256:${'00'.repeat(32)}` }]), ...rest],
  };
  expect(compared(run([other]), run([other], { underTest: after })).underTest).toEqual([
    { what: 'chart', before: 'meho-chart 0.1.0', after: 'meho-chart 0.2.0' },
    { what: 'Kubernetes', before: 'v1.34.4+k3s1', after: 'v1.36.0' },
    { what: 'policy engine', before: 'kube-router v2.6.1', after: 'Cilium 1.19.5' },
    { what: 'image digest of node', before: `sha256:${'3f'.repeat(32)}`, after: `sha256:${'00'.repeat(32)}` },
    { what: 'helm', after: '4.3.2' },
  ]);
});

test('the older run is expected first', () => {
  const found = compared(run([other], { startedAt: '2026-01-03T00:00:00Z' }), run([other]));
  expect(found.notes).toEqual(['a is newer than b: the older run is expected first']);
});

describe('the text', () => {
  test('has the verdict first and last, new failures before all else, and only what there is', () => {
    const failed = one('failed', { detail: ['expected true, got false', 'b', 'c', 'd', 'e'].join('\n') });
    const text = comparisonText(compared(run([other, one('passed')]), run([other, failed])));
    const lines = text.split('\n');
    expect(lines[0]).toBe('worse: 1 new failure');
    expect(lines.at(-1)).toBe(lines[0]);
    expect(text).toContain(
      'new failures (1)\n  suites/smoke/b.spec.ts › the chain (was passed)\n    expected true, got false\n    b\n    c\n    d\n    …',
    );
    expect(text).not.toMatch(/mended|vanished|slower \(/);
  });

  test('counts the tests of a story that vanished, and names those of one that stays', () => {
    const text = comparisonText(compared(run([other, one('passed'), one('passed', { name: 'more' })]), run([other])));
    expect(text).toContain('stories that vanished (1)\n  suites/smoke/b.spec.ts (tests: 2)');
    expect(text).not.toContain('tests that vanished');
    const within = comparisonText(
      compared(run([one('passed'), one('passed', { name: 'more' })]), run([one('passed')])),
    );
    expect(within).toContain('tests that vanished (1)\n  suites/smoke/b.spec.ts › more (passed → absent)');
  });

  test('of a hundred changes shows twenty, and says where the rest is', () => {
    const many = Array.from({ length: 100 }, (_, index) => one('failed', { name: `n${index}` }));
    const text = comparisonText(compared(run([other]), run([other, ...many])));
    expect(text).toContain('… and 80 more; --output json has them all');
    expect(text).toContain('new failures (100)');
  });

  test('says what still fails where nothing is worse', () => {
    expect(comparisonText(compared(run([one('failed')]), run([one('failed')])))).toMatch(
      /^nothing is worse \(1 still failing\)\n/,
    );
  });
});
