import { expect, test } from 'vitest';
import { code, collapsible, preformatted, table } from './markdown.ts';

const nasty = '</code> | @everyone [x](https://evil.example) `a` **b** www.evil.example <img src=x>\n# head';

test('nothing that a deployment says gets out of its code', () => {
  const text = code(nasty);
  const inside = text.slice('<code>'.length, -'</code>'.length);
  expect(inside.replace(/&#\d+;/g, '')).toMatch(/^[A-Za-z =/.()]*$/);
  expect(text).not.toMatch(/<img|@everyone|https:|www\.|\n/);
  expect(text.match(/<\/code>/g)).toHaveLength(1);
});

test('a long text is clipped and says so', () => {
  expect(code('a'.repeat(400))).toBe(`<code>${'a'.repeat(300)}…</code>`);
});

test('tables and folds are Markdown', () => {
  expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  expect(collapsible('more', 'text')).toBe('<details><summary>more</summary>\n\ntext\n\n</details>');
  expect(preformatted('a  b\n<c')).toBe('<pre>a  b\n&#60;c</pre>');
});
