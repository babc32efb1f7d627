import { describe, expect, test } from 'vitest';
import { parseDatabaseUrl } from './database-url.ts';

describe('DATABASE_URL', () => {
  test('is read in the form that the Secret holds it in', () => {
    expect(parseDatabaseUrl('postgresql+asyncpg://meho:p%40ss%2Fw%20rd@postgres:5433/meho')).toEqual({
      host: 'postgres',
      port: 5433,
      database: 'meho',
      user: 'meho',
      password: 'p@ss/w rd',
      ssl: false,
    });
  });

  test('has the port of PostgreSQL unless it says otherwise, and takes IPv6 addresses', () => {
    expect(parseDatabaseUrl('postgresql+asyncpg://meho:x@[fd00::1]/meho')).toMatchObject({
      host: 'fd00::1',
      port: 5432,
    });
  });

  test.each([
    ['require', { rejectUnauthorized: false }],
    ['verify-full', {}],
    ['disable', false],
  ])('maps ssl=%s', (mode, ssl) => {
    expect(parseDatabaseUrl(`postgresql+asyncpg://meho:x@db/meho?ssl=${mode}`).ssl).toEqual(ssl);
  });

  test.each([
    ['postgresql://meho:hunter2@db/meho', 'expected the form postgresql+asyncpg://'],
    ['postgresql+psycopg://meho:hunter2@db/meho', 'expected the form postgresql+asyncpg://'],
    ['hunter2', 'expected the form postgresql+asyncpg://'],
    ['postgresql+asyncpg://db', 'no database, no user'],
    ['postgresql+asyncpg://meho:hunter2@db/meho?ssl=perhaps', 'ssl=perhaps is not one of'],
    ['postgresql+asyncpg://meho:hunter2@db/meho?pool=3', 'unknown parameter "pool"'],
    ['postgresql+asyncpg://meho:hunter2%zz@db/meho', 'password is not percent-encoded'],
  ])('refuses %s without repeating it', (value, problem) => {
    let message = '';
    try {
      parseDatabaseUrl(value);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(problem);
    expect(message).not.toContain('hunter2');
  });
});
