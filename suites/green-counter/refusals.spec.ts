import type { ServerResponse } from 'node:http';
import { describe, expect, fakeRepository, greenSmokes, runGreenCounter, test } from '@meho/harness/test';

const fake = fakeRepository(greenSmokes(8));

describe('2: it could not count', () => {
  test('without a token, whatever else is wrong; all problems at once', async () => {
    const { exitCode, stdout, stderr, log } = await runGreenCounter(fake, {
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
    ['another document', /workflow_runs in GitHub's answer; seen nothing/, '{"total_count":8}'],
    ['a web page', /expected JSON from/, '<html>sign in</html>'],
  ] as const)('where GitHub answers with %s', async ([, message, body]) => {
    const { exitCode, stdout, stderr } = await runGreenCounter(fake, {
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

  const silent = () => true;
  test.for([
    [
      'switches to another protocol',
      /switched to another protocol \(101\)/,
      '',
      (response: ServerResponse) => {
        response.writeHead(101, { connection: 'Upgrade', upgrade: 'websocket' }).end();
        return true;
      },
    ],
    // Node would exit with 13 here: nothing can end the wait.
    [
      'is waited for by nothing any more',
      /it waits for something that can not come any more: not counted/,
      'import net from "node:net"; const { connect } = net.Socket.prototype; net.Socket.prototype.connect = function (...to) { return connect.apply(this, to).unref(); };',
      silent,
    ],
    // And here with a stack trace and 1.
    [
      'is forgotten over an error that nobody caught',
      /an error that nobody caught \(out of nowhere\): not counted/,
      'setTimeout(() => { throw new Error("out of nowhere"); }, 1500);',
      silent,
    ],
    [
      'is forgotten over a promise that nobody kept',
      /an error that nobody caught \(out of nowhere\): not counted/,
      'setTimeout(() => Promise.reject(new Error("out of nowhere")), 1500);',
      silent,
    ],
  ] as const)('where GitHub %s', async ([, message, before, answer]) => {
    const { exitCode, stdout, stderr } = await runGreenCounter(fake, {
      flags: ['--output=json'],
      env: before === '' ? {} : { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(before)}` },
      fault: (_, response) => answer(response),
    });
    expect({ exitCode, lines: stderr.trim().split('\n') }).toEqual({
      exitCode: 2,
      lines: [expect.stringMatching(message)],
    });
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'error',
      exitCode: 2,
      problems: [expect.stringMatching(message)],
    });
  });

  test('where the job that smokes is not there, with the jobs that are', async () => {
    const renamed = greenSmokes(8).map((smoke) => ({
      ...smoke,
      changes: {
        jobs: [{ name: 'build' }, { name: 'lab / e2e (1.33)' }].map((job) => ({ ...job, conclusion: 'success' })),
      },
    }));
    const badge = await Promise.all([
      runGreenCounter(fakeRepository(renamed)),
      runGreenCounter(fakeRepository(renamed), { flags: ['--job=e2e'] }),
      runGreenCounter(fakeRepository(renamed), { flags: ['--job='] }),
    ]);
    expect(badge.map(({ exitCode }) => exitCode)).toEqual([2, 0, 2]);
    expect(badge[0]?.stderr).toMatch(
      /0 in a row .* run 9008 of #108 has no job "smoke", it has "build", "lab \/ e2e \(1\.33\)"; name the one that smokes with --job/,
    );
  });

  test('where a limit outlasts its patience; where it does not, it waits', async () => {
    const limited = (seconds: number) =>
      runGreenCounter(fake, {
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
