import { describe, expect, test } from 'vitest';
import type { RawFinding } from '../finding.ts';
import type { RuleId } from '../rules/rules.ts';
import { account } from './account.ts';
import type { Entry } from './catalogue.ts';
import { describe as said } from './describe.ts';
import { diff } from './diff.ts';
import { concerning, type Made } from './made.ts';
import { audit, catalogueOf, column, constraint, index, other, table } from './testing/entries.ts';

const finding = (rule: RuleId, message: string, sql = ''): RawFinding => ({
  rule,
  message,
  offset: 0,
  frames: [],
  statement: sql,
  sql,
});

const without = (name: string) => audit.filter((entry) => !entry.name.endsWith(name));
const dropsPath = catalogueOf(...without('path'));

/** From the audit log's schema to these. */
function judge(after: readonly Entry[], findings: readonly RawFinding[] = [], statements: readonly string[] = []) {
  const { additive, foretold, unforeseen, unseen } = account(diff(catalogueOf(...audit), catalogueOf(...after)), {
    findings,
    statements,
  });
  return { additive, foretold, unforeseen: unforeseen.map(said), unseen: unseen.map(({ rule }) => rule) };
}

describe('a change of what N knows', () => {
  test('is foretold by a finding that names it', () => {
    const findings = [finding('drop-column', 'drops column audit_log.path')];
    expect(judge([...dropsPath.values()], findings)).toEqual({ additive: 0, foretold: 1, unforeseen: [], unseen: [] });
  });
  test.each<readonly [string, readonly RawFinding[]]>([
    ['nothing', []],
    ['another column', [finding('drop-column', 'drops column audit_log.payload')]],
    ['a longer name', [finding('drop-column', 'drops column audit_log.path_hash')]],
    ['another rule', [finding('change-default', 'changes the default of audit_log.path')]],
    ['that nobody could follow it', [finding('cannot-follow', 'executes text: path', 'SELECT path')]],
  ])('is not foretold by %s', (_, findings) => {
    expect(judge([...dropsPath.values()], findings, ['SELECT path']).unforeseen).toEqual([
      'drops column audit_log.path',
    ]);
  });
  test('is foretold by one whose name is known to be unknown, and by CASCADE', () => {
    const unknown = [finding('drop-column', 'drops column audit_log.<unknown>')];
    expect(judge([...dropsPath.values()], unknown).unforeseen).toEqual([]);
    const cascade = [
      finding('drop-object', 'drops type state, and with CASCADE what uses it', 'DROP TYPE state CASCADE'),
    ];
    expect(judge([...dropsPath.values()], cascade).unforeseen).toEqual([]);
  });
  test('follows from a rename of what its text names', () => {
    const old = other('view', 'v', { definition: 'SELECT path FROM audit_log' });
    const now = other('view', 'v', { definition: 'SELECT route FROM audit_log' });
    const changes = diff(catalogueOf(old), catalogueOf(now));
    const findings = [finding('rename-column', 'renames column audit_log.path to route')];
    expect(account(changes, { findings, statements: [] })).toMatchObject({ foretold: 1, unforeseen: [] });
    expect(account(changes, { findings: [], statements: [] }).unforeseen).toHaveLength(1);
  });
});

describe('additive, unless it asks something of N', () => {
  const additive: readonly (readonly [string, Entry])[] = [
    ['a table', table('note', '9')],
    ['a nullable column', column('note', '9')],
    ['a column with a default', column('note', '9', { 'not null': 'true', default: '0' })],
    ['an index', index('i', 'path')],
    ['a view', other('view', 'v', { definition: 'SELECT 1' })],
  ];
  const asking: readonly (readonly [string, Entry])[] = [
    ['a column that needs a value', column('note', '9', { 'not null': 'true' })],
    ['a unique index', index('i', 'path', { unique: 'true' })],
    ['a constraint', constraint('c', 'CHECK (path IS NOT NULL)', 'path')],
    ['a trigger', other('trigger', 't', { definition: 'CREATE TRIGGER' }, 'public.audit_log')],
    ['a setting of its role', { kind: 'setting', name: 'meho.search_path', of: null, facts: { value: 'other' } }],
  ];
  test.each(additive)('%s', (_, entry) => {
    expect(judge([...audit, entry])).toEqual({ additive: 1, foretold: 0, unforeseen: [], unseen: [] });
  });
  test.each(asking)('%s', (_, entry) => {
    expect(judge([...audit, entry])).toMatchObject({ additive: 0, unforeseen: [expect.stringMatching(/^adds /)] });
  });
  test('privileges that are given; not those that are taken', () => {
    const changes = (before: string, after: string) =>
      diff(catalogueOf(table('t', '1', { privileges: before })), catalogueOf(table('t', '1', { privileges: after })));
    const nothing = { findings: [], statements: [] };
    expect(account(changes('meho SELECT', 'meho INSERT, meho SELECT'), nothing).additive).toBe(1);
    expect(account(changes('meho INSERT, meho SELECT', 'meho SELECT'), nothing).unforeseen).toHaveLength(1);
  });
  test('what depends on values is left to the rules, if they saw its statement', () => {
    const flag = column('flag', '9', { type: 'boolean', default: 'false' });
    const partial = index('i', 'path,flag', { unique: 'true' });
    const sql = 'CREATE UNIQUE INDEX i ON audit_log (path) WHERE flag';
    expect(judge([...audit, flag, partial], [], [sql])).toMatchObject({ additive: 1, foretold: 1, unforeseen: [] });
    expect(judge([...audit, flag, partial]).unforeseen).toEqual(['adds index i']);
    const unfollowed = [finding('cannot-follow', 'is only known when it runs', sql)];
    expect(judge([...audit, flag, partial], unfollowed, [sql]).unforeseen).toEqual(['adds index i']);
  });
});

test('what is predicted and not there is said', () => {
  const findings = [finding('drop-table', 'drops table other.audit_log'), finding('delete-rows', 'deletes rows')];
  expect(judge(audit, findings).unseen).toEqual(['drop-table']);
});

describe('what an earlier migration of the range made', () => {
  const made: Made = new Set();
  const note = column('note', '9');
  concerning(diff(catalogueOf(...audit), catalogueOf(...audit, note, table('t', '9'))), made);
  const from = [...audit, note, table('t', '9')];
  const next = (after: readonly Entry[]) =>
    concerning(diff(catalogueOf(...from), catalogueOf(...after)), made).changes.map(said);

  test('is new to N, under another name as well', () => {
    expect(next(audit)).toEqual([]);
    expect(next([...audit, column('remark', '9'), table('t', '9')])).toEqual([]);
    expect(made).toContain('column public.audit_log.remark');
  });
  test('but for what N does not fill', () => {
    expect(next([...audit, column('note', '9', { 'not null': 'true' }), table('t', '9')])).toEqual([
      'sets NOT NULL of column audit_log.note',
    ]);
    expect(next([...audit, column('note', '9', { 'not null': 'true', default: '0' }), table('t', '9')])).toEqual([]);
  });
  test('and a reference from it to what N knows', () => {
    const reference = constraint('f', 'FOREIGN KEY', 'id', 'public.t', 'public.audit_log');
    expect(next([...from, reference, column('id', '1', {}, 'public.t')])).toEqual(['adds constraint t.f']);
  });
});
