import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  test as base,
  describe,
  expect,
  fakeRepository,
  fakeToken,
  greenSmokes,
  runGreenCounter,
} from '@meho/harness/test';

const test = base.extend('folder', async ({ task }, { onCleanup }) => {
  const folder = await mkdtemp(path.join(tmpdir(), `green-counter-${task.id}-`));
  onCleanup(() => rm(folder, { recursive: true }));
  return folder;
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('what the badge rests on', () => {
  test.for([
    [0, 'red', 1],
    [4, 'yellow', 1],
    [5, 'brightgreen', 0],
  ] as const)('a streak of %i is a %s badge', async ([streak, color, expected], { folder }) => {
    const badge = path.join(folder, 'badge.json');
    const { exitCode } = await runGreenCounter(fakeRepository(greenSmokes(streak)), { flags: [`--badge=${badge}`] });
    expect(exitCode).toBe(expected);
    // Shields rejects unknown members.
    expect(JSON.parse(await readFile(badge, 'utf8'))).toEqual({
      schemaVersion: 1,
      label: 'green smoke',
      message: String(streak),
      color,
    });
  });

  test('lies beside it, sealed by its digest', async ({ folder }) => {
    const fake = fakeRepository([...greenSmokes(5), { pull: 300, run: 6, changes: { conclusion: 'skipped' } }]);
    const flags = [`--badge=${path.join(folder, 'badge.json')}`];
    const { stdout } = await runGreenCounter(fake, { flags: [...flags, '--output=json'] });
    const [badge, evidence, seal] = await Promise.all(
      ['badge.json', 'badge.evidence.json', 'badge.seal.json'].map((name) => readFile(path.join(folder, name))),
    );
    if (badge === undefined || evidence === undefined || seal === undefined) {
      throw new Error('three files were read');
    }
    expect(JSON.parse(seal.toString())).toEqual({
      schemaVersion: 1,
      badge: { file: 'badge.json', sha256: sha256(badge) },
      evidence: { file: 'badge.evidence.json', sha256: sha256(evidence) },
    });
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ outcome: 'passed', exitCode: 0, evidenceSha256: sha256(evidence) });
    expect(told.evidence).toEqual(JSON.parse(evidence.toString()));
    expect(told.evidence.runs).toHaveLength(6);
    expect(told.evidence.runs.slice(0, 2)).toEqual([
      expect.objectContaining({ id: 9006, attempt: 1, pullRequest: 300, conclusion: 'skipped', treatment: 'excluded' }),
      expect.objectContaining({
        id: 9005,
        number: 5,
        attempt: 1,
        headSha: fake.runs[4]?.headSha,
        pullRequest: 105,
        conclusion: 'success',
        treatment: 'counts',
        jobs: [{ id: 9005000, name: 'smoke', attempt: 1, conclusion: 'success' }],
        rule: 'head on branch',
        mergeCommit: fake.pulls.find(({ number }) => number === 105)?.mergeCommitSha,
        branchMoved: false,
      }),
    ]);
    expect(told.evidence).toMatchObject({ job: 'smoke', merges: 'any' });
  });

  test('changes with every run, attempt, conclusion and job that it lists', async () => {
    const fake = fakeRepository(greenSmokes(6));
    const digestOf = async (runs: typeof fake.runs) => {
      const { stdout } = await runGreenCounter({ ...fake, runs }, { flags: ['--output=json', '--min-streak=1'] });
      return JSON.parse(stdout).evidenceSha256;
    };
    const digests = await Promise.all([
      digestOf(fake.runs),
      digestOf(fake.runs),
      digestOf(fake.runs.map((run) => (run.number === 1 ? { ...run, attempt: 2 } : run))),
      digestOf(fake.runs.map((run) => (run.number === 1 ? { ...run, conclusion: 'stale' } : run))),
      digestOf(fake.runs.map((run) => (run.number === 2 ? { ...run, id: 7 } : run))),
      digestOf(
        fake.runs.map((run) =>
          run.number === 2 ? { ...run, jobs: [{ name: 'lab / smoke', conclusion: 'success' }] } : run,
        ),
      ),
    ]);
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests)).toHaveProperty('size', 5);
  });

  test('of a failure that an operator noted, names the cause', async ({ folder }) => {
    const notes = path.join(folder, 'notes.yaml');
    await writeFile(
      notes,
      '- run: 9006\n  date: 2026-01-06\n  infrastructure: registry\n  cause: the registry was being moved\n',
    );
    const failed = { pull: 300, run: 6, changes: { conclusion: 'failure' } };
    const fake = fakeRepository([...greenSmokes(5), failed]);
    const flags = ['--explain', `--notes=${notes}`];
    const { exitCode, stdout } = await runGreenCounter(fake, { flags });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'excluded: failed by registry, as an operator noted the same day: the registry was being moved',
    );
    expect((await runGreenCounter(fake)).exitCode).toBe(1);
  });

  test('is not written where nothing could be counted', async ({ folder }) => {
    const badge = path.join(folder, 'badge.json');
    await writeFile(badge, 'as it was');
    const fake = fakeRepository(greenSmokes(7));
    const holey = { ...fake, runs: fake.runs.filter(({ number }) => number !== 5) };
    const { exitCode, stderr } = await runGreenCounter(holey, { flags: [`--badge=${badge}`] });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /2 in a row are shown, 5 are needed, and the history is incomplete: run number 5 is missing/,
    );
    expect([await readdir(folder), await readFile(badge, 'utf8')]).toEqual([['badge.json'], 'as it was']);
  });

  test('is counted again from what GitHub confirms as unchanged', async ({ folder }) => {
    const fake = fakeRepository(greenSmokes(5));
    const flags = [`--cache=${path.join(folder, 'answers')}`];
    // The cache keys by address.
    const first = await runGreenCounter(fake, { flags });
    expect(first.exitCode).toBe(0);
    expect(first.log.filter(({ status }) => status === 304).length).toBeGreaterThan(0);
  });
});

describe('the token', () => {
  test('is nowhere in what is said or written', async ({ folder }) => {
    const flags = [
      `--badge=${path.join(folder, 'badge.json')}`,
      `--cache=${path.join(folder, 'answers')}`,
      '--explain',
    ];
    const said = await Promise.all([
      runGreenCounter(fakeRepository(greenSmokes(5)), { flags }),
      // A server that echoes the token.
      runGreenCounter(fakeRepository(greenSmokes(5)), {
        flags: ['--request-timeout=2'],
        fault: (_, response) => {
          response.writeHead(500).end(JSON.stringify({ message: `refused ${fakeToken}` }));
          return true;
        },
      }),
    ]);
    expect(said.map(({ exitCode }) => exitCode)).toEqual([0, 2]);
    expect(said[1]?.stderr).toContain('refused [secret]');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((entry) => entry.isFile()).map((entry) => readFile(path.join(entry.parentPath, entry.name), 'utf8')),
    );
    expect(texts.length).toBeGreaterThan(10);
    expect(
      [...texts, ...said.flatMap(({ stdout, stderr }) => [stdout, stderr])].filter((text) => text.includes(fakeToken)),
    ).toEqual([]);
  });
});
