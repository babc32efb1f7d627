import { describe, expect, greenSmokes, madeWorld, runGreenCounter, test } from '../../harness/test.ts';

const world = madeWorld(greenSmokes(8));

describe('2: it could not count', () => {
  test('without a token, whatever else is wrong; all problems at once', async () => {
    const { exitCode, stdout, stderr, log } = await runGreenCounter(world, {
      flags: ['--min-streak=0', '--workflow=../x', '--bogus', '--notes=/nowhere'],
      env: { GITHUB_TOKEN: '' },
    });
    expect({ exitCode, stdout, log }).toEqual({ exitCode: 2, stdout: '', log: [] });
    for (const problem of ['GITHUB_TOKEN is not set', '--min-streak', '--workflow', '--bogus', '--notes']) {
      expect(stderr).toContain(problem);
    }
  });

  test.for([
    ['half a document', /expected JSON from/, '{"total_count":8,"workflow_runs":[{'],
    ['another document', /workflow_runs in GitHub's answer, but nothing/, '{"total_count":8}'],
    ['a web page', /expected JSON from/, '<html>sign in</html>'],
  ] as const)('where GitHub answers with %s', async ([, message, body]) => {
    const { exitCode, stdout, stderr } = await runGreenCounter(world, {
      flags: ['--output=json'],
      fault: (_, response) => {
        response.writeHead(200).end(body);
        return true;
      },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'error',
      exitCode: 2,
      problems: [expect.stringMatching(message)],
    });
  });

  test('where a limit outlasts its patience; where it does not, it waits', async () => {
    const limited = (seconds: number) =>
      runGreenCounter(world, {
        flags: ['--rate-limit-wait=3'],
        fault: ({ before, path, query }, response) => {
          if (!path.endsWith('/runs') || query.has('head_sha') || before > 0) {
            return false;
          }
          response.writeHead(429, { 'retry-after': String(seconds) }).end('{}');
          return true;
        },
      });
    const [long, short] = await Promise.all([limited(60), limited(1)]);
    expect({ long: long.exitCode, short: short.exitCode }).toEqual({ long: 2, short: 0 });
    expect(long.stderr).toMatch(/left alone for 60 s, and 3 s of waiting are left/);
    expect(short.stderr).toContain("[note] GitHub's rate limit is used up: waiting 1 s");
  });
});
