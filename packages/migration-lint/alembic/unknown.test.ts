import { describe, expect, test } from 'vitest';
import { lintUpgrade, rulesOf } from '../testing/lint-text.ts';

const drop = 'op.drop_column("audit_log", "payload")';

describe('a condition that is not known is both true and false', () => {
  test.each([
    ['an attribute of the context', `if op.get_context().as_sql:\n    return\n${drop}`, ''],
    ['its negation', `if not op.get_context().as_sql:\n    ${drop}`, ''],
    ['an attribute of a connection', `if op.get_bind().closed:\n    return\n${drop}`, ''],
    ['an attribute of a dialect', `if op.get_bind().dialect.supports_native_boolean:\n    return\n${drop}`, ''],
    ['an attribute of a result', `if op.get_bind().execute(sa.text("SELECT 1")).rowcount:\n    return\n${drop}`, ''],
    ['an attribute of a column', `if sa.Column("a", sa.Text()).index:\n    return\n${drop}`, ''],
    ['a setting of another module', `if settings.LEGACY:\n    return\n${drop}`, 'from project import settings'],
    ['a name of another module', `if LEGACY:\n    return\n${drop}`, 'from project import LEGACY'],
    ['in a conditional expression', `None if op.get_context().as_sql else ${drop}`, ''],
    ['behind `or`', `op.get_context().as_sql or ${drop}`, ''],
    [
      'an object of a class that says itself',
      `if Flag():\n    return\n${drop}`,
      'class Flag:\n    def __bool__(self):\n        return False',
    ],
    [
      'a list that was filled perhaps',
      `found = []\nif input():\n    found.append(1)\nif found:\n    return\n${drop}`,
      '',
    ],
    ['a list that was emptied', `found = [1]\nfound.clear()\nif found:\n    return\n${drop}`, ''],
    ['a list of unknown length', `found = []\nfound.extend(input())\nif found:\n    return\n${drop}`, ''],
    [
      'a dictionary that was filled perhaps',
      `found = {}\nif input():\n    found["a"] = 1\nif found:\n    return\n${drop}`,
      '',
    ],
    [
      'what is in a list perhaps',
      `found = []\nif input():\n    found.append(1)\nif 1 in found:\n    return\n${drop}`,
      '',
    ],
    [
      'a comprehension over it',
      `found = []\nif input():\n    found.append(1)\nif [x for x in found]:\n    return\n${drop}`,
      '',
    ],
    ['a loop over it', `found = []\nif input():\n    found.append(1)\nfor x in found:\n    return\n${drop}`, ''],
  ])('%s', (_, body, before) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toContain('drop-column');
  });
  test.each([
    ['a constant', `if True:\n    return\n${drop}`],
    ['a list that is sure', `found = [1]\nif found:\n    return\n${drop}`],
    ['another database', `if op.get_bind().dialect.name != "postgresql":\n    ${drop}`],
  ])('%s is known', (_, body) => {
    expect(rulesOf(lintUpgrade(body))).toEqual([]);
  });
  test('what a list holds only perhaps is made only perhaps', () => {
    const body =
      'found = []\nif input():\n    found.append("audit_log")\nfor t in found:\n    op.create_table(t)\nop.drop_table("audit_log")';
    expect(rulesOf(lintUpgrade(body))).toContain('drop-table');
  });
  test('and it may be at another place', () => {
    const body =
      'found = []\nif input():\n    found.append("SELECT 1")\nfound.append("DROP TABLE audit_log")\nop.execute(found[0])';
    expect(rulesOf(lintUpgrade(body))).toContain('cannot-follow');
  });
});

describe('a function that calls itself', () => {
  const twice =
    'def walk(x):\n    if isinstance(x, dict):\n        return {walk(k): walk(v) for k, v in x.items()}\n    return [walk(v) for v in x]';
  test('does not hide what comes behind', () => {
    const body = `for row in op.get_bind().execute(sa.text("SELECT 1 FROM t LIMIT 1")):\n    walk(row)\n${drop}`;
    expect(rulesOf(lintUpgrade(body, {}, twice))).toEqual(['drop-column']);
  });
  test('is judged for what it may be called with', () => {
    const before = 'def down(n):\n    if n > 5:\n        op.drop_table("audit_log")\n    down(n + 1)';
    expect(rulesOf(lintUpgrade('down(0)', {}, before))).toEqual(['drop-table']);
    const other = 'def down(n):\n    op.execute(n)\n    down("DROP TABLE x")';
    expect(rulesOf(lintUpgrade('down("SELECT 1")', {}, other))).toEqual(['cannot-follow']);
  });
  test.each(['recur()', 'other()'])('without an end: %s', (call) => {
    const before = 'def recur():\n    recur()\n    other()\ndef other():\n    recur()\n    other()';
    expect(rulesOf(lintUpgrade(`${call}\n${drop}`, {}, before))).toEqual(['drop-column']);
  });
  test('a budget that is used up fails whatever is allowed', () => {
    const body = `for a in range(1999):\n    for b in range(1999):\n        x = a + b\n${drop}`;
    const allowed = `# meho:allow budget-exhausted because it is fine\n${body}`;
    for (const text of [body, allowed]) {
      const { findings } = lintUpgrade(text, { allowUnjudged: true });
      expect(findings.find(({ rule }) => rule === 'budget-exhausted')).toMatchObject({ severity: 'error' });
      expect(findings.find(({ rule }) => rule === 'budget-exhausted')?.override).toBeUndefined();
    }
  });
});

test('a comprehension knows every part of its target', () => {
  const body =
    'tables = [("audit_log", 1)]\n[op.drop_table(t) for t, n in tables]\n{op.drop_table(t): n for t, n in tables}';
  const { findings } = lintUpgrade(body);
  expect(findings.map(({ message }) => message)).toEqual(['drops table audit_log', 'drops table audit_log']);
});

describe('a name that is not known is the same wherever it is used', () => {
  test.each([
    ['of another module', 'op.create_table(names.T)\nop.create_index("i", names.T, ["a"])\nop.drop_table(names.T)'],
    ['a schema', 'op.create_table("t", schema=names.S)\nop.drop_table("t", schema=names.S)'],
    ['of an object', 't = names.Table()\nop.create_table(t.name)\nop.drop_table(t.name)'],
  ])('%s', (_, body) => {
    expect(rulesOf(lintUpgrade(body, {}, 'from project import names'))).toEqual([]);
  });
  test('two of them are two', () => {
    const body = 'op.create_table(names.T)\nop.drop_table(names.U)';
    expect(rulesOf(lintUpgrade(body, {}, 'from project import names'))).toEqual(['drop-table']);
  });
});
