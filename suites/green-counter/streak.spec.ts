import {
  describe,
  expect,
  type FakeSmoke,
  fakeRepository,
  greenSmokes,
  runGreenCounter,
  test,
} from '@meho/harness/test';

const history = (count: number, ...newer: readonly FakeSmoke[]) => fakeRepository([...greenSmokes(count), ...newer]);
const job = (name: string, conclusion: string) => ({ name, conclusion });
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe('the streak of green smokes', () => {
  test('of five passes: exit code 0, one line and a summary', async () => {
    const { exitCode, stdout, stderr } = await runGreenCounter(history(5));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lines(stdout)).toEqual([
      '[ok] Green smokes of merged pull requests in a row: 5, since the first run',
      'green-counter: passed, 5 of 5 in a row, 5 runs looked at',
    ]);
  });

  test('of four does not: exit code 1, expected, seen and where to look on stderr', async () => {
    const { exitCode, stderr } = await runGreenCounter(history(4));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^\[FAIL\] .*: expected at least 5; seen 4, since the first run; look first: --explain/);
  });

  test('begins anew with a failure, whatever came before', async () => {
    const failed = { pull: 300, run: 31, changes: { conclusion: 'failure' } };
    const { exitCode, stderr } = await runGreenCounter(history(30, failed, { pull: 301, run: 32 }));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /seen 1; before that run 9031 of #300 at [0-9a-f]{7}, 2026-01-31, failure: resets: it failed/,
    );
  });

  test('is explained run by run, as far as it was looked at', async () => {
    const { stdout } = await runGreenCounter(
      history(
        2,
        { pull: 300, run: 3, changes: { conclusion: 'timed_out' } },
        { pull: 301, run: 4 },
        { pull: 302, run: 5, changes: { conclusion: 'skipped' } },
        { pull: 303, run: 6, pullChanges: { files: [{ filename: 'docs/page.html' }] } },
        { pull: 304, run: 7, changes: { conclusion: 'failure' }, pullChanges: { mergedAt: null } },
      ),
      { flags: ['--explain', '--min-streak=1'] },
    );
    expect(lines(stdout).slice(0, -2)).toEqual([
      expect.stringMatching(/^\[note\] run 9007 of #304 .* failure: excluded: #304 is not merged$/),
      expect.stringMatching(/^\[note\] run 9006 of #303 .* success: excluded: #303 touches documentation only$/),
      expect.stringMatching(/^\[note\] run 9005 of #302 .* skipped: excluded: skipped by the auth gate$/),
      expect.stringMatching(
        /^\[note\] run 9004 of #301 .* success: counts: #301 was merged and its smoke is green; its head is on main/,
      ),
      expect.stringMatching(/^\[note\] run 9003 of #300 .* timed_out: resets: it ended with timed_out$/),
    ]);
  });

  test('of squashes is one by their merge commits, and none by the letter of the contract', async () => {
    const squashes = greenSmokes(5).map((smoke) => ({
      ...smoke,
      by: 'squash' as const,
      ...(smoke.run === 5 ? { pullChanges: { baseMoved: true } } : {}),
    }));
    const [any, literal] = await Promise.all([
      runGreenCounter(fakeRepository(squashes), { flags: ['--explain'] }),
      runGreenCounter(fakeRepository(squashes), { flags: ['--merges=merge-commits'] }),
    ]);
    expect([any.exitCode, literal.exitCode]).toEqual([0, 1]);
    expect(lines(any.stdout).slice(0, 2)).toEqual([
      expect.stringMatching(
        /counts: #105 .* its merge commit [0-9a-f]{7} is on main, as after a squash or rebase; main had moved in between: the tree that runs was never smoked$/,
      ),
      expect.stringMatching(/counts: #104 .*; main had not moved in between: the tree that runs is the smoked one$/),
    ]);
    expect(literal.stderr).toMatch(/seen 0; .* resets: .* not reachable from main, and --merges merge-commits/);
  });

  test('leaves out what was skipped behind a gate, and asks once for the jobs of each run', async () => {
    const gated = greenSmokes(6).map((smoke) => ({
      ...smoke,
      ...(smoke.run === 6
        ? { changes: { jobs: [job('gate', 'success'), job('smoke', 'skipped'), job('smoke-report', 'success')] } }
        : {}),
    }));
    const { exitCode, stdout, log } = await runGreenCounter(fakeRepository(gated), { flags: ['--explain'] });
    expect(exitCode).toBe(0);
    expect(lines(stdout)[0]).toMatch(
      /success: excluded: "smoke" was skipped, as by the auth gate, though the run is green$/,
    );
    expect(log.filter(({ target }) => target.includes('/jobs'))).toHaveLength(6);
    // Requests per counting run: its head's runs, pull request by branch, twice by number, files, jobs, how it was
    // merged.
    expect(log.length).toBeLessThanOrEqual(2 + 6 * 9);
  });

  test('says what GitHub had to be asked again for', async () => {
    const { exitCode, stdout } = await runGreenCounter(history(5), {
      fault: ({ before, path }, response) => {
        if (before > 0 || !path.endsWith('/pulls/105')) {
          return false;
        }
        response.writeHead(502).end();
        return true;
      },
    });
    expect(exitCode).toBe(0);
    expect(lines(stdout)[0]).toMatch(/: 5, since the first run \(GitHub said 502 once, answered after \d\.\d s\)$/);
  });

  test('is the same in small pages as in large ones, and asks for no more than it needs', async () => {
    const fake = history(30, { pull: 300, run: 31, changes: { conclusion: 'failure' } }, { pull: 301, run: 32 });
    const [large, small] = await Promise.all([runGreenCounter(fake), runGreenCounter(fake, { pageLimit: 3 })]);
    expect(small.stderr).toBe(large.stderr);
    expect(large.log.length).toBeLessThan(22);
    // The first of eleven pages has the reset.
    expect(small.log.filter(({ target }) => target.includes('page=2') && target.includes('runs'))).toEqual([]);
  });
});
