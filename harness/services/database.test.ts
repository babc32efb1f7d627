import { expect, test } from 'vitest';
import { databaseName } from './database.ts';

test('a name is an identifier that needs no quotes and tells its purpose', () => {
  expect(databaseName('Cold install, N+1')).toMatch(/^meho_cold_install_n_1_[0-9a-f]{6}$/);
});

test('a purpose without letters still gives a name', () => {
  expect(databaseName('+++')).toMatch(/^meho_[0-9a-f]{6}$/);
});

test('a long purpose stays below the 63 bytes that Postgres keeps', () => {
  expect(databaseName('x'.repeat(200)).length).toBeLessThanOrEqual(40);
});

test('two databases of one purpose differ', () => {
  expect(databaseName('twice')).not.toBe(databaseName('twice'));
});
