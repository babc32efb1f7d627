import { describe, expect, greenSmokes, type MadeSmoke, madeWorld, runGreenCounter, test } from '../../harness/test.ts';

const history = (count: number, ...newer: readonly MadeSmoke[]) => madeWorld([...greenSmokes(count), ...newer]);
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

  test('is the same in small pages as in large ones, and asks for no more than it needs', async () => {
    const world = history(30, { pull: 300, run: 31, changes: { conclusion: 'failure' } }, { pull: 301, run: 32 });
    const [large, small] = await Promise.all([runGreenCounter(world), runGreenCounter(world, { pageLimit: 3 })]);
    expect(small.stderr).toBe(large.stderr);
    expect(large.log.length).toBeLessThan(20);
    // The reset is on the first of eleven pages.
    expect(small.log.filter(({ target }) => target.includes('page=2') && target.includes('runs'))).toEqual([]);
  });
});
