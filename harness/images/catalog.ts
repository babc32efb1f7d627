import type { ImageRecipe } from './recipe.ts';

/** An image by name: where a registry has it, and how it is built where none can be asked. */
export interface CatalogEntry {
  /** Pinned reference of the image that the recipe stands in for. Without one it is always built. */
  readonly registry?: string;
  /** Read when it is needed: a run that finds all its images loads no bundler. */
  readonly recipe: () => Promise<ImageRecipe>;
  /** The tag of the built image, from the hash of its recipe where it needs that; the hash itself unless said otherwise. */
  readonly tag?: (hash: () => Promise<string>) => Promise<string>;
}

/** Every image that the suite uses, each named once. */
export const catalog = {
  node: {
    registry: 'rancher/k3s:v1.34.4-k3s1',
    recipe: async () => (await import('./node/recipe.ts')).recipe,
  },
  pause: {
    registry: 'registry.k8s.io/pause:3.10.1',
    recipe: async () => (await import('./pause/recipe.ts')).recipe,
  },
  coredns: {
    registry: 'registry.k8s.io/coredns/coredns:v1.12.1',
    recipe: async () => (await import('./coredns/recipe.ts')).recipe,
  },
  agnhost: {
    registry: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
    recipe: async () => (await import('./agnhost/recipe.ts')).recipe,
  },
  probe: {
    recipe: async () => (await import('./probe/recipe.ts')).recipe,
  },
  skipper: {
    registry: 'ghcr.io/zalando/skipper:v0.22.0',
    recipe: async () => (await import('./skipper/recipe.ts')).recipe,
  },
  postgres: {
    registry: 'pgvector/pgvector:0.8.1-pg17',
    recipe: async () => (await import('./postgres/recipe.ts')).recipe,
  },
  valkey: {
    registry: 'valkey/valkey:9.0-alpine',
    recipe: async () => (await import('./valkey/recipe.ts')).recipe,
  },
  vault: {
    registry: 'hashicorp/vault:1.19.5',
    recipe: async () => (await import('./vault/recipe.ts')).recipe,
  },
  openid: {
    recipe: async () => (await import('./openid/recipe.ts')).openIdRecipe(),
  },
  // It says in /version which commit it was built from; the next one is a made-up commit with one migration more.
  backplane: {
    recipe: async () => (await import('./backplane-image.ts')).recipeOf('n'),
    tag: async (hash: () => Promise<string>) => (await import('./backplane-image.ts')).tagFor('n', hash),
  },
  'backplane-next': {
    recipe: async () => (await import('./backplane-image.ts')).recipeOf('n+1'),
    tag: async (hash: () => Promise<string>) => (await import('./backplane-image.ts')).tagFor('n+1', hash),
  },
  // Another backplane with another chart (fixtures/second-deployment), to hold the checks to the contract alone.
  'second-backplane': {
    recipe: async () => (await import('./second-backplane/recipe.ts')).recipe,
  },
} as const satisfies Record<string, CatalogEntry>;

export type ImageName = keyof typeof catalog;

export const imageNames = Object.keys(catalog) as readonly ImageName[];
