import { expect, test } from 'vitest';
import { type CatalogEntry, catalog, imageNames } from './catalog.ts';
import { Planner } from './plan.ts';

test('every registry reference is pinned to a tag', () => {
  for (const entry of Object.values<CatalogEntry>(catalog)) {
    expect(entry.registry ?? 'built:1').toMatch(/^[\w./-]+:v?\d[\w.-]*$/);
  }
});

test('every recipe can be read and has a name of its own', async () => {
  const planner = new Planner(import.meta.dirname);
  const plans = await Promise.all(imageNames.map((name) => planner.plan(name)));
  expect(new Set(plans.map(({ builtReference }) => builtReference)).size).toBe(imageNames.length);
  for (const { builtReference } of plans) {
    expect(builtReference).toMatch(/^meho\.local\/[a-z-]+:[\w.-]{12,128}$/);
  }
});

test('an image that nobody knows is named with those that there are', async () => {
  await expect(new Planner(import.meta.dirname).plan('postgers')).rejects.toThrow(/postgres, .*postgers was asked for/);
});
