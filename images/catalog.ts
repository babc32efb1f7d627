import path from 'node:path';
import type { ImageRecipe } from './recipe.ts';
import { defaultKubernetes, type KubernetesVersion, kubernetesVersions } from './recipes/node/versions.ts';

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
  /** Only who asks for it has it built: 500 MB and minutes. */
  keycloak: {
    recipe: async () => (await import('./recipes/keycloak/recipe.ts')).recipe,
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

type OwnName = keyof typeof catalog;

/** Of the catalog as it is; nodes of other versions of Kubernetes are beside it. */
export const imageNames = Object.keys(catalog) as readonly OwnName[];

/** What stands in for rancher/k3s where no registry has it, by the flavour that is asked for. */
export const flavourImages = { cilium: 'node', k3s: 'node-k3s' } as const satisfies Record<string, OwnName>;

export type NodeFlavour = keyof typeof flavourImages;

export const defaultFlavour: NodeFlavour = 'cilium';

type OtherVersion = Exclude<KubernetesVersion, typeof defaultKubernetes>;
type VersionedNode = `${(typeof flavourImages)[NodeFlavour]}-${OtherVersion}`;

export type ImageName = OwnName | VersionedNode;

/** What is asked of a managed cluster's node; absent: the default. */
export interface NodeChoice {
  readonly node?: NodeFlavour | undefined;
  readonly kubernetes?: KubernetesVersion | undefined;
}

/** In a repository of its own by version, so that versions don't push each other out of the engine. */
export function nodeImage({ node = defaultFlavour, kubernetes = defaultKubernetes }: NodeChoice): ImageName {
  return kubernetes === defaultKubernetes ? flavourImages[node] : `${flavourImages[node]}-${kubernetes}`;
}

const recipesOf = {
  cilium: () => import('./recipes/node/recipe.ts'),
  k3s: () => import('./recipes/node/k3s/recipe.ts'),
} as const satisfies Record<NodeFlavour, () => Promise<{ recipeOf: (version: KubernetesVersion) => ImageRecipe }>>;

const flavours = Object.keys(flavourImages) as readonly NodeFlavour[];
const choices = flavours.flatMap((node) => kubernetesVersions.map((kubernetes) => ({ node, kubernetes })));

/** @returns undefined for what is no node's image */
export function nodeChoice(image: string): Required<NodeChoice> | undefined {
  return choices.find((choice) => nodeImage(choice) === image);
}

/** With the nodes of every version. */
export const wholeCatalog: Readonly<Record<ImageName, CatalogEntry>> = {
  ...(Object.fromEntries(
    choices.map(({ node, kubernetes }) => [
      nodeImage({ node, kubernetes }),
      {
        registry: `rancher/k3s:v${kubernetes}-k3s1`,
        recipe: async () => (await recipesOf[node]()).recipeOf(kubernetes),
      },
    ]),
  ) as Record<VersionedNode, CatalogEntry>),
  ...catalog,
};

/** No run has them that doesn't name them. */
export const optionalImages: readonly ImageName[] = ['keycloak'];

/** Another node costs its builds only those who ask for it. */
export function imagesOf(choice: NodeChoice = {}): readonly ImageName[] {
  const others = [...Object.values<ImageName>(flavourImages), ...optionalImages];
  return [nodeImage(choice), ...imageNames.filter((name) => !others.includes(name))];
}
