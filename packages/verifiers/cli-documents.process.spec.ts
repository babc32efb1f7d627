import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { checkIds, checkIdsWith } from '@meho/contract/registry';
import { json, serveStub } from '@meho/contract/testing/stub-backplane';
import { repositoryRoot } from '@meho/core/repository';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, vi } from 'vitest';
import schema from './report/output.schema.json' with { type: 'json' };
import { cliDeadlineMs, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

describe('documents', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  const valid = ajv.compile(schema);

  test.for([
    ['a healthy run', {}, []],
    ['a failed one', { '/healthz': json(500, {}) }, ['--fail-fast']],
  ] as const)('--output json, %s, is one document of the published schema', async ([, faults, more], { cli }) => {
    await using server = await serveStub(cli.authority, faults);
    const { exitCode, stdout, stderr } = await cli.run(cli.installArgs(server.port, '--output', 'json', ...more), {
      INSTALL_START_TS: '1',
    });
    const document: unknown = JSON.parse(stdout);
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true);
    expect(document).toMatchObject({ exitCode, outcome: exitCode === 0 ? 'passed' : 'failed' });
    expect(stderr).toBe('');
  });

  test('--output json says the problems too', async ({ cli }) => {
    const { exitCode, stdout } = await cli.run(['smoke', '--output', 'json']);
    const document: unknown = JSON.parse(stdout);
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true);
    expect(document).toMatchObject({ exitCode: 2, problems: ['--backplane URL is required'] });
    expect(exitCode).toBe(2);
  });

  test('the schema refuses a report that contradicts itself', () => {
    expect(valid({ schemaVersion: 1, verifier: 'smoke', outcome: 'error', exitCode: 2, problems: [] })).toBe(false);
    expect(valid({ schemaVersion: 1, verifier: 'smoke', outcome: 'error', exitCode: 0, problems: ['a'] })).toBe(false);
  });

  test('a failed check names its page, and the line leads to the page that is packed beside the command', async ({
    cli,
  }) => {
    const packed = path.join(cli.folder, 'docs', 'checks');
    await mkdir(packed, { recursive: true });
    await cp(path.join(repositoryRoot, 'docs', 'checks', 'healthz.md'), path.join(packed, 'healthz.md'));
    await using server = await serveStub(cli.authority, { '/healthz': json(500, {}) });
    const { stderr } = await cli.run(cli.installArgs(server.port, '--fail-fast'));
    const page = /^\[FAIL\] GET \/healthz .*; page: (\S+); look first: /m.exec(stderr)?.[1];
    expect(page).toBe(path.join(packed, 'healthz.md'));
    const { stdout } = await cli.run(cli.installArgs(server.port, '--output=json', '--fail-fast'));
    expect(JSON.parse(stdout).checks.find(({ id }: { readonly id: string }) => id === 'healthz')).toMatchObject({
      page: 'docs/checks/healthz.md',
    });
    await rm(path.join(cli.folder, 'docs'), { recursive: true });
  });

  test('--junit writes one test case a check beside the lines', async ({ cli }) => {
    const file = path.join(cli.folder, 'report.xml');
    await using server = await serveStub(cli.authority, { '/version': json(200, { git_sha: '<&"\u0007>' }) });
    const { exitCode, stdout } = await cli.run(cli.installArgs(server.port, '--junit', file));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[ok]');
    const xml = await readFile(file, 'utf8');
    expect(XMLValidator.validate(xml)).toBe(true);
    const { testsuite } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml).testsuites;
    const all = checkIds('install-verify').length;
    // Without a start time the budget is a note, too.
    const skipped = all - checkIdsWith('install-verify', ['https']).length + 1;
    const counts = { tests: `${all}`, failures: '1', skipped: `${skipped}` };
    expect(testsuite).toMatchObject({ name: 'install-verify', ...counts });
    expect(testsuite.testcase).toHaveLength(all);
    const failed = testsuite.testcase.filter((testcase: object) => 'failure' in testcase);
    expect(failed).toHaveLength(1);
    expect(failed[0].failure['#text']).toContain('<&');
  });
});
