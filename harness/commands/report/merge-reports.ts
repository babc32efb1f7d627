import { judgePromises } from '@meho/core/report/promises/judge-promises';
import type { Attachment, RunReport, TestReport } from '@meho/core/report/run-report';
import { addTallies, emptyTally } from '@meho/core/report/tally';
import type { Phase } from '@meho/core/report/timeline';
import { promiseDefinitions } from '../ending/promises.ts';
import { setUpOf, storiesOf } from '../sharding/story-times.ts';
import { shardFolder } from './merge-attachments.ts';
import type { MergeFinding, Shard } from './merge-findings.ts';

/** What a failed finding is called in reports. */
const findingsFile = 'shards';

/**
 * One report of all. A finding is a failed test, so that page, document, JUnit and verdict tell it alike.
 *
 * @param attachments where the files of each shard are now
 */
export function mergeReports(
  shards: readonly [Shard, ...Shard[]],
  findings: readonly MergeFinding[],
  attachments: readonly Attachment[],
): RunReport {
  const reports = shards.map(({ report }) => report);
  const startMs = Math.min(...reports.map(startOf));
  const endMs = Math.max(...reports.map((report) => startOf(report) + report.durationMs));
  const failed = { ...emptyTally, failed: findings.length };
  const tally = reports.map((report) => report.tally).reduce(addTallies, failed);
  const isRed = tally.failed > 0 || reports.some((report) => report.outcome === 'failed' && !isAllSkipped(report));
  const underTest = mergeSubjects(reports);
  const tests = [...findings.map(testOf), ...shards.flatMap(testsOf)];
  const checks = reports.flatMap((report) => report.checks);
  const rollback = reports.find((report) => report.rollback !== undefined)?.rollback;
  const next = tests.find(({ state, rerun }) => state === 'failed' && rerun !== undefined)?.rerun;
  return {
    schemaVersion: 1,
    command: shards[0].report.command,
    outcome: isRed || tally.passed === 0 ? 'failed' : 'passed',
    startedAt: new Date(startMs).toISOString(),
    durationMs: endMs - startMs,
    tally,
    ...(underTest === undefined ? {} : { underTest }),
    phases: shards.flatMap((shard) => phasesOf(shard, startMs)),
    tests,
    checks,
    attachments,
    promises: judgePromises(promiseDefinitions(), { tests, checks, isByName: false }),
    ...(next === undefined ? {} : { next }),
    ...(rollback === undefined ? {} : { rollback }),
    stories: reports.flatMap(storiesOf),
    setUpMs: Math.max(...reports.map(setUpOf)),
  };
}

const startOf = ({ startedAt }: RunReport) => Date.parse(startedAt);

/** Red by itself, as any run in which nothing passed, and no fault in the whole. */
function isAllSkipped({ tally, tests }: RunReport): boolean {
  return tally.failed === 0 && tests.length > 0 && tests.every(({ state }) => state === 'skipped');
}

/** Their evidence lies in the shard's folder. */
function testsOf({ report, shard }: Shard): readonly TestReport[] {
  return report.tests.map((test) =>
    test.evidence === undefined
      ? test
      : { ...test, evidence: test.evidence.map((place) => `${shardFolder(shard.index)}/${place}`) },
  );
}

function testOf({ title, detail }: MergeFinding): TestReport {
  return {
    file: findingsFile,
    name: `the shards make one run > ${title}`,
    state: 'failed',
    durationMs: 0,
    detail,
  };
}

/** Each shard is a phase, with its own below. */
function phasesOf({ report, shard }: Shard, originMs: number): readonly Phase[] {
  const offsetMs = startOf(report) - originMs;
  const whole = {
    title: `shard ${shard.index}/${shard.total}`,
    depth: 0,
    startMs: offsetMs,
    durationMs: report.durationMs,
    failed: report.outcome === 'failed',
  };
  return [
    whole,
    ...report.phases.map((phase) => ({ ...phase, depth: phase.depth + 1, startMs: phase.startMs + offsetMs })),
  ];
}

/** They agree, or that is a finding; one may have used an image more than another. */
function mergeSubjects(reports: readonly RunReport[]): RunReport['underTest'] {
  const subjects = reports.flatMap(({ underTest }) => underTest ?? []);
  const [first] = subjects;
  const images = new Map(subjects.flatMap((subject) => subject.images).map((image) => [image.name, image]));
  return first === undefined ? undefined : { ...first, images: [...images.values()] };
}
