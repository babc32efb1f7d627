import { run } from '@meho/core/process/run';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { psqlForAuditRow, shellWord, sqlLiteral } from './psql.ts';

test('a shell reads any text back as it was', async () => {
  const texts = fc.sample(
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    40,
  );
  const script = texts.map((text) => `printf '%s\\0' ${shellWord(text)}`).join('\n');
  const { stdout } = await run('sh', [], { stdin: script, timeoutMs: 5_000 });
  expect(stdout.split('\0').slice(0, -1)).toEqual(texts);
});

const anyText = fc
  .array(fc.integer({ min: 1, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff))
  .map((codes) => String.fromCodePoint(...codes));

test('an SQL literal ends only at its own end and is one line of plain text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const literal = sqlLiteral(text);
      expect(literal).toMatch(/^(U&)?'([^']|'')*'$/);
      expect(literal).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeLiteral(literal)).toBe(text);
    }),
  );
});

/** Decodes by Postgres' documentation of Unicode escapes. */
function decodeLiteral(literal: string): string {
  const body = literal.slice(literal.indexOf("'") + 1, -1).replaceAll("''", "'");
  return literal.startsWith('U&')
    ? body.replace(/\\\+([0-9a-f]{6})/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    : body;
}

test('the command passes the statement whole, whatever the sub', async () => {
  const sub = `o'hara"; $(touch /tmp/x) \\`;
  const command = psqlForAuditRow(sub, { method: 'GET' });
  const script = `psql() { printf '%s\\n' "$@"; }\n${command}`;
  const env = { DATABASE_URL: 'postgresql+asyncpg://u:p@h:5432/d?a=1&ssl=require' };
  const { stdout } = await run('sh', [], { stdin: script, env, timeoutMs: 5_000 });
  const [url, flag, statement] = stdout.split('\n');
  expect([url, flag]).toEqual(['postgresql://u:p@h:5432/d?a=1&sslmode=require', '-c']);
  expect(statement).toContain(`operator_sub = ${sqlLiteral(sub)} AND method = 'GET'`);
});
