import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { actionFile } from './action-file.ts';
import { actionVerifiers, callOf, setByAction, variableInputs } from './inputs.ts';

const known = actionVerifiers();

test('action.yml has the flags of the verifiers as its inputs', async () => {
  await expect(actionFile(known)).toMatchFileSnapshot('../../../action.yml');
});

test('every flag is an input, and every input a flag or a variable', async () => {
  const { inputs, outputs } = parse(await readFile(path.join(import.meta.dirname, '../../../action.yml'), 'utf8'));
  const flags = new Set([...known.values()].flatMap((each) => Object.keys(each)));
  expect(Object.keys(inputs).toSorted()).toEqual(
    [
      'verifier',
      ...Object.keys(variableInputs),
      ...[...flags].filter((name) => !setByAction.includes(name)),
    ].toSorted(),
  );
  expect(Object.keys(outputs)).toEqual(['verdict', 'exit-code', 'report', 'junit']);
});

describe('inputs become a command line', () => {
  test('with switches, values and variables apart', () => {
    const inputs = {
      verifier: 'install-verify',
      host: 'meho.example.com',
      'expected-git-sha': '',
      'enforce-budget': 'true',
      'fail-fast': 'false',
      backplane: '',
      'access-token': 'secret',
      'database-url': '',
    };
    expect(callOf(inputs, known)).toEqual({
      verifier: 'install-verify',
      args: ['--host=meho.example.com', '--enforce-budget'],
      env: { MEHO_ACCESS_TOKEN: 'secret', DATABASE_URL: '' },
    });
  });
  test.each([
    [{ verifier: 'deploy' }, /verifier: expected install-verify, smoke, rollback-verify, green-counter, got "deploy"/],
    [{ verifier: 'smoke', host: 'x' }, /host: smoke has no such flag/],
    [{ verifier: 'smoke', 'fail-fast': 'yes' }, /fail-fast: expected true or false, got "yes"/],
    [{ verifier: 'smoke', output: 'text' }, /output: smoke has no such flag/],
    [{ verifier: 'smoke', toString: 'x' }, /toString: smoke has no such flag/],
  ])('%j is refused', (inputs, message) => {
    expect(() => callOf(inputs, known)).toThrow(UsageError);
    expect(() => callOf(inputs, known)).toThrow(message);
  });
});
