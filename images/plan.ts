import { Problem } from '@meho/core/problem';
import { hashOfRecipe } from './builder/recipe-hash.ts';
import { type CatalogEntry, wholeCatalog } from './catalog.ts';
import type { ImageRecipe } from './recipe.ts';

export interface PlannedImage {
  readonly name: string;
  readonly registry: string | undefined;
  readonly recipe: () => Promise<ImageRecipe>;
  /** e.g. `meho.local/postgres:3f2a9c…` */
  readonly builtReference: string;
}

/** No registry answers to it. */
export const builtPrefix = 'meho.local/';

export class Planner {
  readonly #entries: Readonly<Record<string, CatalogEntry>>;
  readonly #folder: string;
  readonly #recipes = new Map<string, Promise<ImageRecipe>>();
  readonly #hashes = new Map<string, Promise<string>>();

  constructor(folder: string, entries: Readonly<Record<string, CatalogEntry>> = wholeCatalog) {
    this.#entries = entries;
    this.#folder = folder;
  }

  async plan(name: string): Promise<PlannedImage> {
    const entry = this.#entry(name);
    const hash = async () => (await this.#hash(name)).slice(0, 16);
    const tag = entry.tag === undefined ? await hash() : await entry.tag(hash);
    return {
      name,
      registry: entry.registry,
      recipe: () => this.#recipe(name),
      builtReference: `${builtPrefix}${name}:${tag}`,
    };
  }

  #recipe(name: string): Promise<ImageRecipe> {
    return once(this.#recipes, name, () => this.#entry(name).recipe());
  }

  #hash(name: string): Promise<string> {
    return once(this.#hashes, name, async () =>
      hashOfRecipe(await this.#recipe(name), { folder: this.#folder, hashOf: (image) => this.#hash(image) }),
    );
  }

  #entry(name: string): CatalogEntry {
    const entry = Object.hasOwn(this.#entries, name) ? this.#entries[name] : undefined;
    if (entry === undefined) {
      throw new Problem({
        expected: `one of the images ${Object.keys(this.#entries).join(', ')}`,
        observed: `${name} was asked for`,
        next: 'correct the name, or add the image to images/catalog.ts',
      });
    }
    return entry;
  }
}

export function containedIn(recipe: ImageRecipe): readonly string[] {
  return (recipe.files ?? []).flatMap((file) => ('fromImage' in file ? [file.fromImage] : []));
}

function once<T>(known: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const promise = known.get(name) ?? make();
  known.set(name, promise);
  return promise;
}
