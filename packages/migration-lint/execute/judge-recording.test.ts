import { describe, expect, test } from 'vitest';
import { lintFile, prepareLint } from '../lint.ts';
import { rulesOf } from '../testing/lint-text.ts';
import { type Lines, type Place, type Recording, RecordingReader } from './recording.ts';

await prepareLint();

const nothing: Recording = {
  depth: 'offline',
  statements: [],
  failed: undefined,
  skipped: [],
  partial: [],
  complete: true,
  unseen: [],
  reads: false,
  behind: undefined,
};

const head = 'from alembic import op\nfrom helpers import change\n\nrevision = "2"\n\n\ndef upgrade() -> None:\n';
/** The line of the first statement of `upgrade()`. */
const first = 8;

const line = (at: number): Place => [at, null, at, null];
const sql = (text: string, ...frames: readonly Place[]) => ({ kind: 'sql' as const, sql: text, frames });

function judge(body: string, recording: Partial<Recording> | undefined, environment?: 'asyncpg') {
  return lintFile(
    {
      path: 'migration.py',
      language: 'python',
      text: `${head}${body}\n`,
      ...(environment === undefined ? {} : { environment: { driver: environment } }),
      recording: recording === undefined ? undefined : { ...nothing, ...recording },
    },
    { allowUnjudged: false, assumeLockTimeout: true },
  );
}

describe('what was sent is judged', () => {
  test('a helper that no prediction follows becomes what it sends, at its call', () => {
    expect(rulesOf(judge('    change()', undefined))).toEqual(['cannot-follow']);
    const dropped = judge('    change()', { statements: [sql('ALTER TABLE a DROP COLUMN b', line(first))] });
    expect(dropped.findings).toMatchObject([{ rule: 'drop-column', line: first, column: 5 }]);
    expect(
      judge('    change()', { statements: [sql('ALTER TABLE a ADD COLUMN b text', line(first))] }).findings,
    ).toEqual([]);
  });
  test('a place has columns in bytes, and findings point into SQL that is written out', () => {
    const body = '    op.execute("/* ü */ SELECT 1"); op.execute("DROP TABLE a")';
    const column = Buffer.byteLength('    op.execute("/* ü */ SELECT 1"); ');
    const place: Place = [first, column, first, column + 'op.execute("DROP TABLE a")'.length];
    const { findings } = judge(body, { statements: [sql('DROP TABLE a', place)] });
    expect(findings).toMatchObject([{ rule: 'drop-table', column: body.indexOf('DROP') + 1 }]);
  });
  test('an override at the call allows it', () => {
    const body = '    # meho: allow drop-column because nobody reads it\n    change()';
    const { findings } = judge(body, { statements: [sql('ALTER TABLE a DROP COLUMN b', line(first + 1))] });
    expect(findings).toMatchObject([{ rule: 'drop-column', override: { reason: 'nobody reads it' } }]);
  });
  test('an autocommit block ends the transaction, and what comes behind has one again', () => {
    const add = sql("ALTER TYPE mood ADD VALUE 'fine'", line(first));
    const use = sql("INSERT INTO a (m) VALUES ('fine')", line(first));
    const block = [
      { kind: 'autocommit' as const, sql: '', frames: [] },
      add,
      { kind: 'transaction' as const, sql: '', frames: [] },
    ];
    expect(rulesOf(judge('    change()', { statements: [add, use] }))).toContain('enum-value-uncommitted');
    expect(rulesOf(judge('    change()', { statements: [...block, use] }))).not.toContain('enum-value-uncommitted');
  });
  test('several statements in a call are an error for asyncpg', () => {
    const { findings } = judge('    change()', { statements: [sql('SELECT 1; SELECT 2', line(first))] }, 'asyncpg');
    expect(findings).toMatchObject([{ rule: 'several-statements', severity: 'error' }]);
  });
});

describe('what was not run keeps its prediction:', () => {
  const branch = '    if change():\n        op.drop_table("a")';
  const [branchLine]: readonly Lines[] = [[first + 1, first + 1]];
  test('a branch that was not taken', () => {
    expect(rulesOf(judge(branch, { skipped: branchLine === undefined ? [] : [branchLine] }))).toEqual(['drop-table']);
  });
  test('where it sent something harmless, that counts', () => {
    expect(rulesOf(judge(branch, { statements: [sql('SELECT 1', line(first + 1))] }))).toEqual([]);
  });
  test('a part of a statement', () => {
    const body = '    change() and op.drop_table("a")';
    expect(rulesOf(judge(body, { partial: [[first, first]] }))).toEqual(['cannot-follow', 'drop-table']);
  });
  test('all of it, where nothing ran', () => {
    const recording = { depth: 'none', skipped: undefined, failed: 'it hangs', complete: false } as const;
    expect(rulesOf(judge('    op.drop_table("a")', recording))).toEqual(['cannot-follow', 'drop-table']);
  });
  test('steps that ran out, unless everything ran', () => {
    const body = '    for a in range(1999):\n        for b in range(1999):\n            c = a + b';
    expect(rulesOf(judge(body, { complete: false }))).toEqual(['budget-exhausted']);
    expect(rulesOf(judge(body, { complete: true }))).toEqual([]);
  });
});

describe('is not green:', () => {
  test('a helper of which a part did not run', () => {
    const { findings } = judge('    change()', {
      unseen: [{ frames: [line(first)], text: 'helpers.py:3: op.drop_table(t)' }],
    });
    expect(findings).toMatchObject([
      { rule: 'cannot-follow', line: first, message: expect.stringContaining('helpers.py:3') },
    ]);
  });
  test('a migration that a server at N refuses', () => {
    const failed = 'UndefinedTable: relation "a" does not exist';
    expect(rulesOf(judge('    change()', { depth: 'online', failed, skipped: [] }))).toEqual(['cannot-follow']);
    const others = { depth: 'online', failed, behind: '1.py', skipped: [] } as const;
    expect(rulesOf(judge('    change()', others)), 'behind one that failed').toEqual([]);
  });
});

describe('the lines of the recorder', () => {
  const read = (...messages: readonly object[]) => {
    const reader = new RecordingReader();
    for (const message of messages) {
      reader.read(JSON.stringify(message));
    }
    return reader;
  };
  test('say what was in reach', () => {
    expect(read({ reached: { file: true, port: false } }).reached).toEqual(['file']);
    expect(read({ reached: { file: false, port: false } }).reached).toEqual([]);
    expect(read().reached).toBeUndefined();
  });
  test('of a hang, say where', () => {
    expect(read({ begin: 'a.py', depth: 'online' }, { statement: 'sql', sql: 'SELECT 1' }).current).toBe('a.py');
  });
  test('of two tries, the one that got to its end counts, otherwise the one on a server', () => {
    const online = [
      { begin: 'a.py', depth: 'online' },
      { end: 'a.py', failed: 'x' },
    ];
    const offline = (failed: string | null) => [
      { begin: 'a.py', depth: 'offline' },
      { end: 'a.py', failed },
    ];
    expect(read(...online, ...offline(null)).byFile.get('a.py')).toMatchObject({ depth: 'offline', failed: undefined });
    expect(read(...online, ...offline('y')).byFile.get('a.py')).toMatchObject({ depth: 'online', failed: 'x' });
  });
});
