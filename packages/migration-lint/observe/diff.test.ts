import { describe, expect, test } from 'vitest';
import { type Catalogue, type Entry, withRows } from './catalogue.ts';
import { describe as said } from './describe.ts';
import { diff } from './diff.ts';
import { audit, catalogueOf, column, constraint, index, other, table } from './testing/entries.ts';

const base = catalogueOf(...audit);

/** In words; `without` and `entries` make the catalogue afterwards. */
function changes(entries: readonly Entry[], without: readonly string[] = [], before: Catalogue = base): string[] {
  const gone = [...before.values()].filter(({ name }) => without.includes(name)).map((entry) => JSON.stringify(entry));
  const made = entries.map((entry) => JSON.stringify(entry));
  return diff(before, withRows(before, { gone, made })).map(said);
}

test('nothing happened', () => {
  expect(changes([])).toEqual([]);
  expect(changes(audit)).toEqual([]);
});

describe('a difference is said once', () => {
  test('what goes with its table or schema', () => {
    const all = audit.map(({ name }) => name);
    expect(
      changes(
        [],
        all.filter((name) => name !== 'public'),
      ),
    ).toEqual(['drops table audit_log']);
    expect(changes([], all)).toEqual(['drops schema public']);
  });
  test('what goes with its column', () => {
    expect(changes([], ['public.audit_log.path', 'public.audit_log_path'])).toEqual(['drops column audit_log.path']);
    expect(changes([], ['public.audit_log_path'])).toEqual(['drops index audit_log_path']);
  });
  test('the index of a constraint', () => {
    expect(changes([], ['public.audit_log.audit_log_pkey', 'public.audit_log_pkey'])).toEqual([
      'drops constraint audit_log.audit_log_pkey',
    ]);
    expect(changes([constraint('u', 'UNIQUE (path)', 'path'), index('u', 'path', { constraint: 'u' })])).toEqual([
      'adds constraint audit_log.u',
    ]);
  });
  test('what a new table has, but for what it refers to', () => {
    const more = [
      table('note', '9'),
      column('id', '1', {}, 'public.note'),
      constraint(
        'note_fk',
        'FOREIGN KEY (id) REFERENCES public.audit_log(id)',
        'id',
        'public.note',
        'public.audit_log',
      ),
    ];
    expect(changes(more)).toEqual(['adds table note', 'adds constraint note.note_fk']);
  });
});

describe('the same name is not the same object', () => {
  test('a table or column that is made anew has lost what was in it', () => {
    expect(changes([table('audit_log', '77')])).toEqual(['drops table audit_log and makes another of its name']);
    expect(changes([column('path', '8')])).toEqual(['drops column audit_log.path and makes another of its name']);
  });
  test('a column that is renamed is not new', () => {
    const [change] = diff(
      base,
      catalogueOf(...audit.filter(({ name }) => !name.endsWith('.path')), column('route', '2')),
    );
    expect(change).toMatchObject({ what: 'removed', renamedTo: 'public.audit_log.route' });
    expect(changes([column('route', '2')], ['public.audit_log.path', 'public.audit_log_path'])).toHaveLength(1);
  });
  test('a view is', () => {
    const [view, again] = ['1', '2'].map((number) => other('view', 'v', { number, definition: 'SELECT 1' }));
    expect(view !== undefined && again !== undefined && changes([again], [], catalogueOf(view))).toEqual([]);
  });
});

test('each fact that differs is a change of its own', () => {
  expect(changes([column('path', '2', { type: 'integer', 'not null': 'true', default: '1' })])).toEqual([
    'changes type of column audit_log.path from text to integer',
    'sets NOT NULL of column audit_log.path',
    'changes default of column audit_log.path from nothing to 1',
  ]);
  expect(changes([table('audit_log', '1', { file: '2' })])).toEqual(['rewrites or empties table audit_log']);
});

test('a constraint that takes a unique index over is no new one', () => {
  const before = catalogueOf(...audit, index('i', 'path', { unique: 'true' }));
  const after = catalogueOf(
    ...audit,
    constraint('u', 'UNIQUE (path)', 'path'),
    index('u', 'path', { unique: 'true', constraint: 'u' }),
  );
  expect(diff(before, after).find(({ what }) => what === 'added')).toMatchObject({ wasUnique: true });
  const partial = catalogueOf(...audit, index('i', 'path', { unique: 'true', where: 'path IS NULL' }));
  expect(diff(partial, after).find(({ what }) => what === 'added')).toMatchObject({ wasUnique: false });
});
