import { describe, expect, test } from 'vitest';
import { environmentFinder, plainEnvironment, readEnvironment } from './environment.ts';

describe('what env.py says', () => {
  test.each([
    ['config.set_main_option("sqlalchemy.url", "postgresql+asyncpg://db")', 'asyncpg'],
    ['from sqlalchemy.ext.asyncio import async_engine_from_config', 'asyncpg'],
    ['url = "postgresql+psycopg://db"', 'psycopg'],
    ['import psycopg2', 'psycopg2'],
    ['import psycopg2\nurl = "postgresql+psycopg://db"', 'psycopg'],
    ['url = "postgresql+psycopg://db"\nother = "postgresql+asyncpg://db"', 'asyncpg'],
    ['from sqlalchemy.ext.asyncio import create_async_engine\nurl = "postgresql+psycopg://db"', 'psycopg'],
    ['from sqlalchemy import engine_from_config  # asyncpg one day', undefined],
  ] as const)('of the driver: %s', (source, driver) => {
    expect(readEnvironment(source).driver).toBe(driver);
  });
});

describe('which env.py it is', () => {
  const finder = (files: Readonly<Record<string, string>>) => environmentFinder(async (file) => files[file]);
  const asyncpg = 'from alembic import context\nimport asyncpg';
  test.each(['a/versions/env.py', 'a/env.py', 'env.py'])('%s', async (file) => {
    expect((await finder({ [file]: asyncpg })('a/versions/1.py')).driver).toBe('asyncpg');
  });
  test('none that is not of Alembic, and the nearest', async () => {
    expect(await finder({ 'a/env.py': 'import asyncpg' })('a/versions/1.py')).toEqual(plainEnvironment);
    const near = 'from alembic import context\nimport psycopg';
    expect((await finder({ 'a/env.py': near, 'env.py': asyncpg })('a/versions/1.py')).driver).toBe('psycopg');
  });
});
