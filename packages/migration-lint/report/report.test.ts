import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '@meho/core/repository';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { CompatReport } from '../compat.ts';
import { lintSql } from '../testing/lint-text.ts';
import { githubLines } from './github.ts';
import { jsonReport } from './json.ts';
import { sarifReport } from './sarif.ts';
import { summaryOf, textLines } from './text.ts';

const sql =
  'DROP TABLE audit_log;\n-- meho:allow drop-column because nobody, 100% sure: reads it\nALTER TABLE a DROP COLUMN b;\nSELECT other();';

function report(): CompatReport {
  const { findings } = lintSql(sql, { allowUnjudged: true });
  const files = [
    {
      path: 'db/versions/2 drop, all.sql',
      findings: findings.map((finding) => ({ ...finding, file: 'db/versions/2 drop, all.sql' })),
    },
    { path: 'db/versions/3.sql', findings: [] },
  ];
  return { outcome: 'incompatible', files, skipped: [{ path: 'db/env.py', reason: 'no migration' }], durationMs: 1234 };
}

const sarifEssentials = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              properties: { executionSuccessful: { type: 'boolean' }, exitCode: { type: 'integer' } },
            },
          },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      properties: {
                        id: { type: 'string' },
                        shortDescription: { $ref: '#/definitions/message' },
                        fullDescription: { $ref: '#/definitions/message' },
                        help: { $ref: '#/definitions/message' },
                        defaultConfiguration: {
                          type: 'object',
                          properties: { level: { enum: ['none', 'note', 'warning', 'error'] } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: { $ref: '#/definitions/message' },
                locations: {
                  type: 'array',
                  items: {
                    type: 'object',
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation'],
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            properties: { uri: { type: 'string', pattern: '^[^\\s\\\\]+$' } },
                          },
                          region: {
                            type: 'object',
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
                suppressions: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['kind'],
                    properties: { kind: { enum: ['inSource', 'external'] }, justification: { type: 'string' } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  definitions: {
    message: { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } },
  },
};

describe('SARIF', () => {
  const log = sarifReport(report(), 1);
  test('has the shape of 2.1.0', () => {
    const validate = new Ajv({ strict: false }).compile(sarifEssentials);
    expect(validate(JSON.parse(JSON.stringify(log))), JSON.stringify(validate.errors)).toBe(true);
  });
  test('leads from each rule to its page', () => {
    const [run] = JSON.parse(JSON.stringify(log)).runs;
    const [rule] = run.tool.driver.rules;
    expect(rule.helpUri).toBe(pathToFileURL(path.join(repositoryRoot, 'docs', 'rules', `${rule.id}.md`)).href);
  });
  test('points each result at its rule, place and override', () => {
    const [run] = JSON.parse(JSON.stringify(log)).runs;
    expect(run.results.map((result: { ruleIndex: number }) => run.tool.driver.rules[result.ruleIndex].id)).toEqual([
      'drop-table',
      'drop-column',
      'cannot-follow',
    ]);
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'db/versions/2%20drop%2C%20all.sql' },
      region: { startLine: 1, startColumn: 1 },
    });
    expect(run.results[1].suppressions).toEqual([{ kind: 'inSource', justification: 'nobody, 100% sure: reads it' }]);
    expect(run.results[0].suppressions).toBeUndefined();
  });
});

test('JSON carries reason, safe way, page and override', () => {
  expect(jsonReport(report(), 1)).toMatchObject({
    schemaVersion: 1,
    outcome: 'incompatible',
    exitCode: 1,
    files: [
      {
        findings: [
          { rule: 'drop-table', group: 'additive', severity: 'error', line: 1, page: 'docs/rules/drop-table.md' },
          { override: { line: 2 } },
          { rule: 'cannot-follow', severity: 'warning' },
        ],
      },
      { findings: [] },
    ],
  });
});

test('GitHub annotations are escaped, one line each', () => {
  const lines = githubLines(report());
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^::error file=db\/versions\/2 drop%2C all\.sql,line=1,col=1,title=drop-table::drops table audit_log%0A/,
  );
  expect(lines[1]).toMatch(/^::notice .*allowed because nobody, 100%25 sure: reads it$/);
  expect(lines.join('')).not.toMatch(/[\r\n]/);
});

test('annotations and lines take nothing from names in SQL but their letters', () => {
  const { findings } = lintSql('ALTER TABLE "a\u001b[2J" DROP COLUMN "##[error]x\n::error::y";');
  const named = {
    ...report(),
    files: [{ path: 'a.sql', findings: findings.map((each) => ({ ...each, file: '\n::debug::a.sql' })) }],
  };
  const said = [...githubLines(named), ...textLines(named).map(({ text }) => text)].join('\n');
  expect(said).toContain('error]x');
  expect(said).not.toMatch(/(?!\n)\p{Cc}|##\[|^\s*::(?!error file|warning file)/mu);
});

describe('text', () => {
  test('one line a finding with its reason, overrides and clean files in plain sight', () => {
    const lines = textLines(report());
    expect(lines.map(({ status }) => status)).toEqual(['FAIL', 'note', 'WARN', 'ok', 'note']);
    expect(lines[0]?.text).toContain('why: ');
    expect(lines[0]?.text).toContain('instead: ');
    expect(lines[0]?.text).toMatch(/\n {7}page: .*docs\/rules\/drop-table\.md$/);
    expect(lines[1]?.text).toContain('allowed (line 2) because nobody, 100% sure: reads it');
  });
  test('a summary that counts', () => {
    expect(summaryOf(report())).toBe(
      'migration-compat: incompatible, 2 migrations, 1 error, 1 warning, 1 allowed by override, 1 place in 1 migration not judged, 1.2 s',
    );
  });
});
