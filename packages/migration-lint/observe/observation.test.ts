import { expect, test } from 'vitest';
import { describe } from './describe.ts';
import { ObservationReader } from './observation.ts';
import { audit, column } from './testing/entries.ts';

const rows = (...entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry));
const lock = (table: string, mode = 'AccessExclusiveLock') => JSON.stringify({ table, mode });

test('follows the catalogue from message to message, and begins anew with each database', () => {
  const reader = new ObservationReader();
  const nothing = { gone: [], made: [] };
  const note = rows(column('note', '9'));
  const changes = (file: string) => {
    const seen = reader.byFile.get(file);
    return seen !== undefined && 'changes' in seen ? seen.changes.map(describe) : seen;
  };
  const first = { first: true, before: { gone: [], made: rows(...audit) }, locks: [] };
  reader.read({ ...first, file: '1', after: { gone: [], made: note } });
  reader.read({ file: '2', first: false, before: nothing, after: { gone: note, made: [] }, locks: [] });
  reader.read({ ...first, file: 'of another', after: nothing });
  reader.read({ file: '3', unanswered: 'QueryCanceled: timeout' });
  expect(['1', '2', 'of another'].map(changes)).toEqual([
    ['adds column audit_log.note'],
    ['drops column audit_log.note'],
    [],
  ]);
  expect(changes('3')).toEqual({ unanswered: 'QueryCanceled: timeout' });
});

test('locks are of tables that were there, each once; without an answer they are unknown', () => {
  const reader = new ObservationReader();
  const read = (file: string, locks: readonly (readonly string[] | null)[]) => {
    const made = rows(...audit);
    reader.read({ file, first: true, before: { gone: [], made }, after: { gone: [], made: [] }, locks });
    const seen = reader.byFile.get(file);
    return seen !== undefined && 'locks' in seen ? seen.locks : 'nothing';
  };
  const twice = [[lock('public.audit_log'), lock('public.made_by_it')], [lock('public.audit_log')]];
  expect(read('1', twice)).toEqual([{ table: 'public.audit_log', mode: 'AccessExclusiveLock' }]);
  expect(read('2', [[], null])).toBeUndefined();
});
