import path from 'node:path';
import type { ImageRecipe } from './recipe.ts';

/** Where the relative paths of recipes start. */
export const recipesFolder = path.join(import.meta.dirname, 'recipes');

export interface CatalogEntry {
  /** What the recipe stands in for. Without it, always built. */
  readonly registry?: string;
  /** Lazy: a run that finds its images loads no bundler. */
  readonly recipe: () => Promise<ImageRecipe>;
  /** Tag of the built image; by default the recipe's hash. */
  readonly tag?: (hash: () => Promise<string>) => Promise<string>;
}

export const catalog = {
  node: {
    registry: 'rancher/k3s:v1.34.4-k3s1',
    recipe: async () => (await import('./recipes/node/recipe.ts')).recipe,
  },
  /** Of k3s' own parts; see flavourImages. */
  'node-k3s': {
    registry: 'rancher/k3s:v1.34.4-k3s1',
    recipe: async () => (await import('./recipes/node/k3s/recipe.ts')).recipe,
  },
  pause: {
    registry: 'registry.k8s.io/pause:3.10.1',
    recipe: async () => (await import('./recipes/node/pause/recipe.ts')).recipe,
  },
  coredns: {
    registry: 'registry.k8s.io/coredns/coredns:v1.12.1',
    recipe: async () => (await import('./recipes/node/coredns/recipe.ts')).recipe,
  },
  agnhost: {
    registry: 'registry.k8s.io/e2e-test-images/agnhost:2.56',
    recipe: async () => (await import('./recipes/node/agnhost/recipe.ts')).recipe,
  },
  probe: {
    recipe: async () => (await import('./recipes/probe/recipe.ts')).recipe,
  },
  skipper: {
    registry: 'ghcr.io/zalando/skipper:v0.22.0',
    recipe: async () => (await import('./recipes/skipper/recipe.ts')).recipe,
  },
  postgres: {
    registry: 'pgvector/pgvector:0.8.1-pg17',
    recipe: async () => (await import('./recipes/postgres/recipe.ts')).recipe,
  },
  valkey: {
    registry: 'valkey/valkey:9.0-alpine',
    recipe: async () => (await import('./recipes/valkey/recipe.ts')).recipe,
  },
  vault: {
    registry: 'hashicorp/vault:1.19.5',
    recipe: async () => (await import('./recipes/vault/recipe.ts')).recipe,
  },
  openid: {
    recipe: async () => (await import('./recipes/openid/recipe.ts')).openIdRecipe(),
  },
  // `n+1` has a synthetic commit and one more migration.
  backplane: {
    recipe: async () => (await import('./backplane-image.ts')).recipeOf('n'),
    tag: async (hash: () => Promise<string>) => (await import('./backplane-image.ts')).tagFor('n', hash),
  },
  'backplane-next': {
    recipe: async () => (await import('./backplane-image.ts')).recipeOf('n+1'),
    tag: async (hash: () => Promise<string>) => (await import('./backplane-image.ts')).tagFor('n+1', hash),
  },
  // With its own chart, so that checks follow the contract alone.
  'second-backplane': {
    recipe: async () => (await import('./recipes/second-backplane/recipe.ts')).recipe,
  },
} as const satisfies Record<string, CatalogEntry>;

export type ImageName = keyof typeof catalog;

export const imageNames = Object.keys(catalog) as readonly ImageName[];

/** What stands in for rancher/k3s where no registry has it, by the flavour that is asked for. */
export const flavourImages = { cilium: 'node', k3s: 'node-k3s' } as const satisfies Record<string, ImageName>;

export type NodeFlavour = keyof typeof flavourImages;

export const defaultFlavour: NodeFlavour = 'cilium';

/** Another flavour's node costs its builds only those who ask for it. */
export function imagesOf(flavour: NodeFlavour = defaultFlavour): readonly ImageName[] {
  const others = Object.values<ImageName>(flavourImages).filter((name) => name !== flavourImages[flavour]);
  return imageNames.filter((name) => !others.includes(name));
}
