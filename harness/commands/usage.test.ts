import { expect, test } from 'vitest';
import { commands } from './commands.ts';

/** `soak` has several. */
const usages = commands.flatMap(({ name, usage }) => usage.split(/^(?=usage: )/m).map((text) => [name, text] as const));

test.each(usages)('%s is called as its usage says, and tells of every exit code', (name, text) => {
  expect(text).toMatch(name === 'test' ? /^usage: npm test -- / : RegExp(`^usage: npm run ${name} -- `));
  expect(text).toMatch(
    /^exit code: 0 .+, 1 .+, 2 it could not run as asked, 129, 130, 141 or 143 interrupted and cleaned up$/m,
  );
  expect(text).not.toMatch(/:\n\n/);
});

test('down looks on the cluster of others, and judges nothing there', () => {
  const text = commands.find(({ name }) => name === 'down')?.usage;
  expect(text).toContain('--kubeconfig FILE        also look on the cluster of this kubeconfig\n');
  expect(text).not.toMatch(/judge|MEHO_ACCESS_TOKEN|MEHO_IMAGES/);
});
