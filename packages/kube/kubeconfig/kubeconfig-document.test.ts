import { expect, test } from 'vitest';
import { readDocument } from './kubeconfig-document.ts';

const read = (text: string) => readDocument(Buffer.from(text), 'lab.yaml');

test('a merge key before other members is overridden by them, as kubectl has it', () => {
  expect(read('x: &d {token: t9, b: 1}\nuser:\n  <<: *d\n  token: t1\n')).toMatchObject({
    user: { token: 't1', b: 1 },
  });
});

test('a merge key behind other members overrides them, as kubectl has it', () => {
  expect(read('x: &d {token: t9}\nuser:\n  token: t1\n  <<: *d\n')).toMatchObject({ user: { token: 't9' } });
  expect(read('user:\n  token: t1\n  "<<": t2\n')).toEqual({ user: { token: 't1', '<<': 't2' } });
});

test('a carriage return ends a line', () => {
  expect(read('user:\r  token: t1\r')).toEqual({ user: { token: 't1' } });
  expect(read('user:\r\n  token: t1\r\n')).toEqual({ user: { token: 't1' } });
});

test.each(['\u0085', '\u2028', '\u2029'])('an end of line that only kubectl knows is refused: %j', (end) => {
  expect(() => read(`user:\n  token: t${end}x\n`)).toThrow(/line 2: control character/);
});
