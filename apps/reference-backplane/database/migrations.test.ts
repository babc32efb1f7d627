import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrationsIn, revisionsIn, schemaState } from './migrations.ts';

const SHIPPED = fileURLToPath(new URL('../migrations/', import.meta.url));
const KNOWN = ['0001_audit_log', '0002_audit_log_tenant'];

describe('the migrations of a folder', () => {
  test('are in the order of their numbers, without those of folders inside', () => {
    expect(revisionsIn(SHIPPED)).toEqual(KNOWN);
    expect(migrationsIn(SHIPPED)[0]?.sql).toContain('CREATE TABLE audit_log');
  });

  test('are refused when two share a number or there is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(() => revisionsIn(folder)).toThrow('none');
    writeFileSync(join(folder, '0001_one.sql'), '');
    writeFileSync(join(folder, '0001_two.sql'), '');
    expect(() => revisionsIn(folder)).toThrow('0001_one, 0001_two');
  });
});

describe('a schema', () => {
  test.each([
    [undefined, 'empty'],
    ['0001_audit_log', 'behind'],
    ['0002_audit_log_tenant', 'at-head'],
    ['0003_payload_summary', 'ahead'],
    ['0002_something_else', 'unknown'],
    ['0001_something_else', 'unknown'],
    ['a1b2c3d4e5f6', 'unknown'],
  ])('at %s is %s', (current, state) => {
    expect(schemaState(current, KNOWN)).toEqual({ state });
  });
});
