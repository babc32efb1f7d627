import { describe, expect, test } from 'vitest';
import { aCorpus } from '../testing/a-run.ts';
import { corpusTable } from './corpus-table.ts';

const words = (markup: string) => markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe('predicted, executed, observed', () => {
  const { text } = corpusTable(aCorpus());
  const rows = [...text.matchAll(/<tr[^>]*>\s*<th scope="row">[\s\S]*?<\/tr>/g)].map(([row]) => row);

  test('a row has the three columns, and what became of it', () => {
    expect(words(rows.find((row) => row.includes('a01_')) ?? '')).toBe(
      ' a01_add_nullable_column.sql Adds a column that may be null additive Postgres: applied under AccessExclusiveLock N: fine Catalogue: adds column audit_log.note agrees ',
    );
    expect(words(rows.find((row) => row.includes('d06_')) ?? '')).toContain('false alarm N reads more slowly');
  });

  test('what isn’t as the corpus says comes first, with a mark and words beside the colour', () => {
    expect(rows.map((row) => /[adp]\d\d/.exec(row)?.[0])).toEqual(['p18', 'd06', 'a01']);
    expect(rows[0]).toMatch(/^<tr class="FAIL">/);
    expect(words(rows[0] ?? '')).toContain('✗ MISSED the lint passed what N does not get through');
    expect(rows.slice(1).join('')).not.toMatch(/FAIL|✗/);
    expect(words(text)).toMatch(/^ ?3 migrations: 1 not as the corpus says\. Postgres 17\.6/);
  });

  test('says in a sentence where all are as predicted', () => {
    const { rows: all, about } = aCorpus();
    const good = corpusTable({ about, rows: all.filter(({ verdict }) => verdict !== 'MISSED') });
    expect(words(good.text)).toContain('2 migrations: each is seen as it was predicted, or why it isn’t is explained.');
  });

  test('a migration that changed nothing says so, and long lists are cut with their number', () => {
    const [first] = aCorpus().rows;
    const changed = (changes: readonly string[]) =>
      words(corpusTable({ about: '', rows: first === undefined ? [] : [{ ...first, changes }] }).text);
    expect(changed([])).toContain('Catalogue: nothing changed');
    expect(changed(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toMatch(/e f and 2 more/);
  });

  test('is nothing in other runs', () => {
    expect(corpusTable(undefined).text).toBe('');
    expect(corpusTable({ about: '', rows: [] }).text).toBe('');
  });
});
