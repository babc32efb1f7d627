import { expect, test } from 'vitest';
import { newChildMark, withoutChildMarks } from './child-mark.ts';

test('a run within a run carries both marks, a daemon none', () => {
  const [outer, inner] = [newChildMark(), newChildMark()];
  const env = { ...outer.env, ...inner.env, PATH: '/bin' };
  const entries = Object.entries(env).map((pair) => pair.join('='));
  expect(entries).toEqual(expect.arrayContaining([outer.text, inner.text]));
  expect(withoutChildMarks(env)).toEqual({ PATH: '/bin' });
});
