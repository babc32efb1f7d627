import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Interrupted } from '@meho/core/command-line/interrupted';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import outputSchema from '../report/output.schema.json' with { type: 'json' };
import { prSmokeSummary } from '../report/pr-smoke-summary.ts';
import stepSchema from '../report/step-output.schema.json' with { type: 'json' };
import { closingLineOf, endOf, reportProblems, type StepReport } from '../report/step-report.ts';
import { runPrSmoke } from './pr-smoke.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pr-smoke-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function called(args: readonly string[], signal = new AbortController().signal) {
  const said = { out: '', err: '' };
  const exitCode = await runPrSmoke(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    outIsTerminal: false,
    secrets: new KnownSecrets(),
    cwd: folder,
    signal,
  });
  return { exitCode, ...said };
}

describe('the command line', () => {
  test('help, of both', async () => {
    const { exitCode, out } = await called(['--pr', 'x', '--help']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^usage: meho-acceptance pr-smoke --pr N --image-tag TAG \[flags\]/);
    expect((await called(['reap', '-h'])).out).toMatch(/^usage: meho-acceptance pr-smoke reap /);
  });

  test('every problem at once, and nothing was made', async () => {
    const kubeconfig = path.join(folder, 'absent');
    const { exitCode, out, err } = await called([
      ...[
        '--pr',
        '0',
        '--image-tag',
        'a b',
        '--chart',
        '/no/chart',
        '--values',
        '/no/values',
        '--objects',
        '/no/objects',
      ],
      ...['--kubeconfig', kubeconfig, '--helm', '/no/helm', '--hard-stop', 'never'],
    ]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    for (const flag of ['pr', 'image-tag', 'chart', 'values', 'objects', 'hard-stop', 'helm']) {
      expect(err).toMatch(new RegExp(`^error: --${flag}: expected`, 'm'));
    }
    expect(err).toContain(`kubeconfig ${kubeconfig}`);
  });

  test.each([
    ['v3.18.4+g0000000', 'expected helm 3.18.5 or newer, or helm 4, got "v3.18.4+g0000000"'],
    ['v2.17.0', 'expected helm 3.18.5 or newer, or helm 4, got "v2.17.0"'],
    ['v3.18.5', undefined],
    ['v4.3.1', undefined],
  ])('helm %s is refused by its version, or taken', async (version, problem) => {
    const helm = path.join(folder, `helm-${version}`);
    await writeFile(helm, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    const { exitCode, err } = await called(['--helm', helm, '--kubeconfig', path.join(folder, 'absent')]);
    expect(exitCode).toBe(2);
    expect(/^error: --helm: (.*);/m.exec(err)?.[1]).toBe(problem);
  });

  test('as JSON, the problems are a document', async () => {
    const { exitCode, out } = await called(['--output', 'json', '--pr', '1']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ verifier: 'pr-smoke', outcome: 'error', exitCode: 2 });
  });

  test('reap takes a length of time', async () => {
    const { exitCode, err } = await called(['reap', '--older-than', '2 hours']);
    expect(exitCode).toBe(2);
    expect(err).toContain('--older-than: expected a number with s, m, h or d behind it');
  });
});

const report: StepReport = {
  schemaVersion: 1,
  command: 'pr-smoke',
  namespace: 'meho-ci-7',
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 12_345,
  outcome: 'failed',
  exitCode: 1,
  taken: {},
  checks: [
    { id: 'namespace', title: 'The namespace', status: 'ok', outcome: 'holds', observed: 'new', durationMs: 10 },
    {
      id: 'install',
      title: 'The chart installs',
      status: 'FAIL',
      outcome: 'violated',
      expected: 'success',
      observed: 'image | <b>@someone</b> not there',
      hint: 'look',
      evidence: ['Pod x: ErrImagePull </pre>'],
      durationMs: 10,
    },
    { id: 'healthz', title: 'GET /healthz', status: 'note', outcome: 'skipped', reason: 'not made', durationMs: 0 },
  ],
  phases: [{ title: 'install', startMs: 10, durationMs: 12_000, failed: true }],
};

describe('what is told of a run', () => {
  test('the document keeps to its published schema', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
    addFormats.default(ajv);
    ajv.addSchema(outputSchema);
    const isValid = ajv.compile(stepSchema);
    expect(isValid(report) ? [] : isValid.errors).toEqual([]);
    expect(isValid({ ...report, exitCode: 0 })).toBe(false);
    expect(isValid({ ...report, checks: [] })).toBe(false);
    expect(isValid({ ...report, outcome: 'interrupted', exitCode: 130 })).toBe(true);
  });

  test('the last line counts', () => {
    expect(closingLineOf(report)).toBe('pr-smoke: failed, 1 hold, 1 failed, 1 not made, 12.3 s');
  });

  test('a signal decides the exit code; without one a failure does', () => {
    const controller = new AbortController();
    expect(endOf(report.checks, controller.signal)).toEqual({ outcome: 'failed', exitCode: 1 });
    expect(endOf(report.checks.slice(0, 1), controller.signal)).toEqual({ outcome: 'passed', exitCode: 0 });
    controller.abort(new Interrupted('SIGINT'));
    expect(endOf(report.checks, controller.signal)).toEqual({ outcome: 'interrupted', exitCode: 130 });
    const told = { out: '', err: '' };
    const io = { out: () => undefined, err: (text: string) => (told.err += text), signal: controller.signal };
    expect(
      reportProblems({ ...io, secrets: new KnownSecrets() }, { command: 'x', json: false, error: new Error('y') }),
    ).toBe(130);
    expect(told.err).toBe('error: interrupted by SIGINT: no verdict\n');
  });

  test('the comment begins with what finds it again and its verdict, and holds nothing that renders', async () => {
    const url = 'https://github.com/o/r/actions/runs/1';
    const markdown = prSmokeSummary({ pr: 7, image: 'r/meho:pr-7', workflowRunUrl: url, report });
    const [marker, , title] = markdown.split('\n');
    expect(marker).toBe('<!-- meho-acceptance pr-smoke -->');
    expect(title).toBe('### Smoke of pull request 7: **failed**');
    expect(markdown).toContain(`[The workflow's run](${url})`);
    expect(markdown).toContain('The namespace is removed.');
    expect(markdown).not.toMatch(/<b>|@someone|ErrImagePull <\/pre>/);
    expect(markdown).toContain('12.0 s');
    await writeFile(path.join(folder, 'summary.md'), markdown);
  });

  test('a namespace that is still there is not called removed', () => {
    const stuck = { ...report, checks: report.checks.map((check) => ({ ...check, id: 'tear-down' })) };
    const markdown = prSmokeSummary({ pr: 7, image: 'x', workflowRunUrl: undefined, report: stuck });
    expect(markdown).toContain('The namespace is **not** removed.');
  });
});
