import { beforeAll, describe, expect, test } from 'vitest';
import type { ImageRecipe } from '../../recipe.ts';
import { backplaneRecipe } from './recipe.ts';

const build = { gitSha: '8'.repeat(40), buildDate: '2026-01-02T03:04:05Z' };
const paths = (recipe: ImageRecipe) => (recipe.files ?? []).map(({ to }) => to);

describe('the recipe of the backplane', () => {
  let n: ImageRecipe;
  let next: ImageRecipe;

  beforeAll(async () => {
    [n, next] = await Promise.all([
      backplaneRecipe({ ...build, schema: 'n' }),
      backplaneRecipe({ ...build, schema: 'n+1' }),
    ]);
  });

  test('is the same for the same sources', async () => {
    const again = await backplaneRecipe({ ...build, schema: 'n' });
    expect(JSON.stringify(again)).toBe(JSON.stringify(n));
  });

  test('of N+1 has one migration more, and nothing else', () => {
    const extra = paths(next).filter((path) => !paths(n).includes(path));
    expect(extra).toEqual(['/app/migrations/0003_payload_summary.sql']);
    expect(next.config).toEqual(n.config);
  });

  test('runs as uid 1001 and says which commit it is', () => {
    expect(n.config).toMatchObject({
      user: '1001:1001',
      env: { GIT_SHA: build.gitSha, BUILD_DATE: build.buildDate },
      entrypoint: ['/usr/local/bin/node', '/app/server.mjs'],
    });
    expect(paths(n)).toEqual(expect.arrayContaining(['/usr/local/bin/node', '/usr/local/bin/python']));
  });
});
