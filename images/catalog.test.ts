import { existsSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import {
  type CatalogEntry,
  catalog,
  flavourImages,
  imageNames,
  imagesOf,
  optionalImages,
  recipesFolder,
} from './catalog.ts';
import { Planner } from './plan.ts';

test('every registry reference is pinned to a tag', () => {
  for (const entry of Object.values<CatalogEntry>(catalog)) {
    expect(entry.registry ?? 'built:1').toMatch(/^[\w./-]+:v?\d[\w.-]*$/);
  }
});

test('a run has one flavour of the node, and nobody else waits for the others', () => {
  const nodes = Object.values(flavourImages);
  expect(imagesOf().filter((name) => nodes.some((each) => each === name))).toEqual(['node']);
  expect(imagesOf({ node: 'k3s' }).filter((name) => nodes.some((each) => each === name))).toEqual(['node-k3s']);
  for (const names of [imagesOf(), imagesOf({ node: 'k3s' }), imagesOf({ kubernetes: '1.37.2' })]) {
    expect(names.length).toBe(imageNames.length - nodes.length + 1 - optionalImages.length);
    expect(names).not.toContain('keycloak');
  }
});

/** Named after the commit, which a copy without .git doesn't know. */
const ofThisCommit = ['backplane', 'backplane-next'] as const;
const isCheckout = existsSync(path.join(repositoryRoot, '.git'));

test('every recipe can be read and has a name of its own', async () => {
  const planner = new Planner(recipesFolder);
  const names = imageNames.filter((name) => isCheckout || !ofThisCommit.some((each) => each === name));
  const plans = await Promise.all(names.map((name) => planner.plan(name)));
  expect(names.length).toBeGreaterThanOrEqual(imageNames.length - ofThisCommit.length);
  expect(new Set(plans.map(({ builtReference }) => builtReference)).size).toBe(names.length);
  for (const { builtReference } of plans) {
    expect(builtReference).toMatch(/^meho\.local\/[a-z0-9-]+:[\w.-]{12,128}$/);
  }
});

test.each(ofThisCommit)('%s is named after the commit, and where there is none says so', async (name) => {
  const plan = new Planner(recipesFolder).plan(name);
  await (isCheckout
    ? expect(plan).resolves.toMatchObject({
        builtReference: expect.stringMatching(/:sha-[0-9a-f]{40}(?:-dirty-\w+)?$/),
      })
    : expect(plan).rejects.toThrow(/to be a git work tree with a commit/));
});

test('an image that nobody knows is named with those that there are', async () => {
  await expect(new Planner(recipesFolder).plan('postgers')).rejects.toThrow(/postgres, .*postgers was asked for/);
});
