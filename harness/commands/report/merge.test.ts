import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { RunReport, ShardRecord, TestReport } from '@meho/core/report/run-report';
import schema from '@meho/core/report/run-report.schema.json' with { type: 'json' };
import { aRun } from '@meho/core/report/testing/a-run';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { XMLParser } from 'fast-xml-parser';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runMerge } from './merge-command.ts';
import { type RunsOnDisk, runsOnDisk } from './testing/runs-on-disk.ts';

let runs: RunsOnDisk;
let told: string;
beforeEach(async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  told = '';
  // Else failures of runs that are made up stand among those of the tests.
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
  runs = await runsOnDisk();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await runs[Symbol.asyncDispose]();
});

const all = ['suites/a.spec.ts', 'suites/b.spec.ts', 'suites/c.spec.ts'];
const options = ['chart=charts/meho', 'release=meho', 'repeat=1'];

interface Changes {
  readonly shard?: Partial<ShardRecord>;
  readonly report?: Partial<RunReport>;
  readonly state?: TestReport['state'];
}

/** Shard `index` of three, which has one story. */
function shard(index: number, { shard: changes, report, state = 'passed' }: Changes = {}): RunReport {
  const stories = changes?.stories ?? all.slice(index - 1, index);
  const tests = stories.map((file) => ({
    file,
    name: `the story of ${file}`,
    state,
    durationMs: 1_500,
    detail: 'why',
  }));
  const count = (wanted: TestReport['state']) => (state === wanted ? tests.length : 0);
  return aRun({
    startedAt: `2026-01-02T03:0${index}:00.000Z`,
    outcome: state === 'passed' ? 'passed' : 'failed',
    tally: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
    tests,
    checks: [],
    attachments: [],
    shard: { index, total: 3, stories, all, splitBy: 'number', commit: '3f2a9c1', isDirty: false, options, ...changes },
    ...report,
  });
}

const validate = new Ajv2020({ formats: { 'date-time': true }, strictTypes: false, strictRequired: false }).compile(
  schema,
);

async function merged(...reports: readonly RunReport[]) {
  const folders = await Promise.all(reports.map((report, at) => runs.put(`shard-${at}`, report)));
  return merge(...folders);
}

async function merge(...places: readonly string[]) {
  const folder = path.join(runs.folder, 'merged');
  let printed = '';
  const code = await runMerge([...places, '--artefacts', folder], (text) => {
    printed += text;
  });
  const report: RunReport = JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8'));
  const junit = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => /^test(?:suite|case)$/.test(name),
  }).parse(await readFile(path.join(folder, 'suites.junit.xml'), 'utf8'));
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  const failures = report.tests.filter(({ state }) => state === 'failed').map(({ detail }) => detail);
  expect(Number(junit.testsuites.failures)).toBe(report.tally.failed);
  for (const detail of failures) {
    expect(told).toContain(`\n${detail}\n`);
  }
  return { code, printed, report, junit, failures, folder };
}

test('shards that make a whole are one green run', async () => {
  const { code, printed, report, junit, failures, folder } = await merged(shard(1), shard(2), shard(3));
  expect({ code, failures }).toEqual({ code: 0, failures: [] });
  expect(printed).toBe('verdict: PASS of 3 shards after 3 min 40 s\n3 passed, 0 failed, 0 skipped\n');
  expect(report.tests.map(({ file }) => file)).toEqual(all);
  expect(report.stories).toEqual(all.map((file) => ({ file, durationMs: 1_500 })));
  expect(report.startedAt).toBe('2026-01-02T03:01:00.000Z');
  expect(report.phases.filter(({ depth }) => depth === 0).map(({ title, startMs }) => [title, startMs])).toEqual([
    ['shard 1/3', 0],
    ['shard 2/3', 60_000],
    ['shard 3/3', 120_000],
  ]);
  expect(report.shard).toBeUndefined();
  expect(junit.testsuites.testsuite.map(({ name, tests }: Record<string, string>) => [name, tests])).toEqual(
    all.map((file) => [file, '1']),
  );
  expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain('the story of suites/c.spec.ts');
});

test('the order in which they are named makes no difference', async () => {
  const folders = await Promise.all([1, 2, 3].map((index) => runs.put(`in-order-${index}`, shard(index))));
  const { report } = await merge(...folders);
  const again = await merge(...folders.toReversed());
  expect(again.report).toEqual(report);
});

test('a failure in one is a failure of the whole', async () => {
  const { code, report, junit } = await merged(shard(1), shard(2, { state: 'failed' }), shard(3));
  expect(code).toBe(1);
  expect(report.tally).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(junit.testsuites.testsuite[1].testcase[0].failure.message).toBe('why');
});

test('so is a shard that is red without a failed test, as after a clean-up that failed', async () => {
  const tally = { passed: 1, failed: 1, skipped: 0 };
  const folders = await Promise.all(
    [shard(1), shard(2), shard(3, { report: { outcome: 'failed', tally } })].map((each, at) =>
      runs.put(`c${at}`, each),
    ),
  );
  expect(await runMerge([...folders, '--artefacts', path.join(runs.folder, 'm')], () => undefined)).toBe(1);
});

test('a shard whose stories are all skipped is no fault of the whole, unless nothing passed at all', async () => {
  const skipped = (index: number) => shard(index, { state: 'skipped' });
  expect((await merged(shard(1), skipped(2), shard(3))).code).toBe(0);
  expect((await merged(skipped(1), skipped(2), skipped(3))).code).toBe(1);
});

describe('shards that don’t make a whole are red, in one line each:', () => {
  const other = 'suites/a.spec.ts';
  const { underTest } = aRun();
  const otherVersion = { ...underTest, cluster: { ...underTest?.cluster, kubernetesVersion: 'v1.36.0' } };

  test.each<[string, readonly RunReport[], RegExp]>([
    ['one is missing', [shard(1), shard(3)], /^expected shard 2\/3, seen none; next: run it, by --shard 2\/3/],
    [
      'one is there twice',
      [shard(1), shard(2), shard(2, { report: { durationMs: 5 } }), shard(3)],
      /^expected shard 2\/3 once, seen 2 times: /,
    ],
    [
      'a story is in two',
      [shard(1), shard(2, { shard: { stories: [other, all[1] ?? ''] } }), shard(3)],
      /^expected suites\/a\.spec\.ts in one shard, seen it in 1\/3 and 2\/3$/,
    ],
    [
      'a story is in none',
      [1, 2, 3].map((index) => shard(index, { shard: { all: [...all, 'suites/d.spec.ts'] } })),
      /^expected suites\/d\.spec\.ts in one shard, seen it in none$/,
    ],
    [
      'a story was not run',
      [shard(1), shard(2), shard(3, { report: { tests: [] } })],
      /^expected results of suites\/c\.spec\.ts in shard 3\/3 .*, seen none: the run ended before it$/,
    ],
    [
      'a commit',
      [shard(1), shard(2), shard(3, { shard: { commit: 'ffff' } })],
      /^expected the commit of shard 1\/3, 3f2a9c1; seen in 3\/3 .*: ffff$/,
    ],
    [
      'uncommitted changes',
      [shard(1), shard(2), shard(3, { shard: { isDirty: true } })],
      /^expected shard 3\/3 .* to run commit 3f2a9c1, seen tracked files/,
    ],
    [
      'an option',
      [shard(1), shard(2), shard(3, { shard: { options: [...options, 'image=x'] } })],
      /^expected the options of shard 1\/3, chart.*; seen in 3\/3 .* image=x$/,
    ],
    [
      'other times',
      [shard(1), shard(2), shard(3, { shard: { splitBy: 'times 3f' } })],
      /^expected the way of splitting of shard 1\/3, number; seen in 3\/3 .*: times 3f$/,
    ],
    [
      'another selection',
      [shard(1), shard(2), shard(3, { shard: { all: [...all, 'suites/d'] } })],
      /^expected the selection of stories of shard 1\/3, nothing more; seen .*: suites\/d$/,
    ],
    [
      'another cluster',
      [shard(1), shard(2), shard(3, { report: { underTest: otherVersion as RunReport['underTest'] & object } })],
      /^expected the test subject of shard 1\/3, Kubernetes v1\.34\.4\+k3s1; seen in 3\/3 .*: Kubernetes v1\.36\.0$/,
    ],
  ])('%s', async (_, reports, line) => {
    const { code, report, failures } = await merged(...reports);
    expect(failures).toEqual([expect.stringMatching(line)]);
    expect(failures.join('')).not.toContain('\n');
    expect({ code, outcome: report.outcome }).toEqual({ code: 1, outcome: 'failed' });
    expect(report.tests[0]?.file).toBe('shards');
  });

  test('one that ended early, whose stories without results are not told beside it', async () => {
    const ended = { how: 'broke off', during: 'cluster', why: 'no room\nat all' } as const;
    const early = shard(3, { report: { tests: [], outcome: 'failed', ended } });
    const { code, failures } = await merged(shard(1), shard(2), early);
    expect(failures).toEqual([
      expect.stringMatching(
        /^expected shard 3\/3 .* to come to its end, seen that it broke off during cluster: no room$/,
      ),
    ]);
    expect(code).toBe(1);
  });

  test('another number of shards', async () => {
    const { failures } = await merged(shard(1), shard(2), shard(3, { shard: { total: 4 } }));
    expect(failures).toEqual([expect.stringMatching(/^expected the number of shards of shard 1\/3, 3; seen .*: 4$/)]);
  });
});

test('a shard that needed no cluster, or an image less, agrees with the others', async () => {
  const { underTest, ...without } = shard(2);
  const fewer = { ...underTest, images: underTest?.images.slice(1) } as RunReport['underTest'] & object;
  const { code, report } = await merged(without, shard(1, { report: { underTest: fewer } }), shard(3));
  expect(code).toBe(0);
  expect(report.underTest?.images.map(({ name }) => name).toSorted()).toEqual(['agnhost', 'node', 'postgres']);
});

test('promises are judged of the whole, and a failed test leads to its evidence and its command', async () => {
  const failed = shard(2, { state: 'failed' });
  const tests = failed.tests.map((each) => ({
    ...each,
    evidence: ['evidence/b'],
    rerun: 'npm run acceptance -- --suite b',
  }));
  const { report } = await merged(shard(1), { ...failed, tests }, shard(3));
  expect(report.tests[1]?.evidence).toEqual(['shard-2/evidence/b']);
  expect(report.next).toBe('npm run acceptance -- --suite b');
  expect(report.promises?.map(({ id }) => id)).toContain('install');
});

test('what the reports link to comes along, each shard’s in a folder of its own, and nothing from elsewhere', async () => {
  const attachments = [
    { kind: 'evidence', path: 'evidence/a' },
    { kind: 'matrix', path: '../../secret.html' },
    { kind: 'matrix', path: 'linked.html' },
    { kind: 'results', path: 'gone.xml' },
  ] as const;
  const folder = await runs.put('deep/shard', shard(1, { report: { attachments } }));
  await runs.putFile('deep/shard/evidence/a/log.txt', 'what was seen');
  await symlink(await runs.putFile('secret.html', 'secret'), path.join(folder, 'linked.html'));
  const others = await Promise.all([2, 3].map((index) => runs.put(`s${index}`, shard(index))));
  const { report, folder: out } = await merge(folder, ...others);
  expect(report.attachments).toEqual([{ kind: 'evidence', path: 'shard-1/evidence/a' }]);
  expect(await readFile(path.join(out, 'shard-1/evidence/a/log.txt'), 'utf8')).toBe('what was seen');
});

describe('is refused in one line:', () => {
  const linesOf = async (...args: readonly string[]) => {
    try {
      await runMerge(args, () => undefined);
    } catch (error) {
      return error instanceof UsageError ? error.problems : [String(error)];
    }
    return ['it was accepted'];
  };

  test('nothing, the report of a whole run, a shard twice by its place, a folder without a report', async () => {
    const [one, whole] = [await runs.put('one', shard(1)), await runs.put('whole', aRun())];
    const empty = path.join(runs.folder, 'empty');
    await mkdir(empty);
    const to = ['--artefacts', path.join(runs.folder, 'm')];
    expect(await linesOf(...to)).toEqual([
      expect.stringMatching(/^merge: expected the reports of the shards .* none$/),
    ]);
    expect(await linesOf(one, whole, ...to)).toEqual([
      expect.stringMatching(/whole: expected a shard .* a whole run$/),
    ]);
    expect(await linesOf(one, `${one}/report.json`, ...to)).toEqual([expect.stringMatching(/seen the same one/)]);
    expect(await linesOf(one, empty, ...to)).toEqual([expect.stringMatching(/seen no report\.json in this folder/)]);
    expect(await linesOf(one, '--artefacts', one)).toEqual([expect.stringMatching(/would be overwritten$/)]);
  });
});
