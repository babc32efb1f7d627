import type { ImageMode } from '@meho/core/config';
import type { Progress } from '@meho/core/report/progress';
import { buildImages } from './builder/build-images.ts';
import type { Workspace } from './builder/workspace.ts';
import { type CatalogEntry, type ImageName, recipesFolder, wholeCatalog } from './catalog.ts';
import type { Engine } from './engine/engine.ts';
import type { ResolvedImage } from './image.ts';
import { imageInEngine } from './lookup.ts';
import { containedIn, type PlannedImage, Planner } from './plan.ts';
import { pullImages } from './pull-images.ts';
import { placesOf } from './registry/place.ts';
import { Registries } from './registry/pull.ts';
import { saveTarball } from './save-tarball.ts';

export interface EnsureImagesOptions {
  readonly engine: Engine;
  /** `auto`: engine, then registries, then recipes. `registry` and `build`: only these. */
  readonly mode: ImageMode;
  /** MEHO_REGISTRY: `HOST/PREFIX` that is asked in place of every image's own registry, for those that have none too. */
  readonly registry?: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly cacheFolder: string;
  readonly registries?: Registries;
}

/**
 * Takes well under a second if the engine has them.
 * @throws Problem naming every image no registry has, or the failed build and its log
 */
export function ensureImages(
  names: readonly ImageName[],
  options: EnsureImagesOptions,
): Promise<ReadonlyMap<ImageName, ResolvedImage>> {
  return ensureImagesOf(wholeCatalog, names, recipesFolder, options);
}

export async function ensureImagesOf<Name extends string>(
  entries: Readonly<Record<Name, CatalogEntry>>,
  names: readonly Name[],
  folder: string,
  options: EnsureImagesOptions,
): Promise<ReadonlyMap<Name, ResolvedImage>> {
  const { engine, mode, registry: prefix, progress, signal } = options;
  const planner = new Planner(folder, entries);
  const workspace: Workspace = { recipes: folder, cache: options.cacheFolder, signal };
  const registries = options.registries ?? new Registries(engine);
  const resolved = new Map<string, ResolvedImage>();

  const resolve = async (wanted: readonly string[]): Promise<void> => {
    const plans = await Promise.all(wanted.filter((name) => !resolved.has(name)).map((name) => planner.plan(name)));
    const absent: PlannedImage[] = [];
    for (const [plan, found] of await Promise.all(plans.map(async (each) => [each, await find(each)] as const))) {
      if (found === undefined) {
        absent.push(plan);
      } else {
        resolved.set(plan.name, found);
      }
    }
    const toBuild = await pullImages(absent, {
      engine,
      mode,
      registry: prefix,
      progress,
      signal,
      registries,
      onPulled,
    });
    if (toBuild.length === 0) {
      return;
    }
    const recipes = await Promise.all(toBuild.map(({ recipe }) => recipe()));
    await resolve([...new Set(recipes.flatMap(containedIn))]);
    const tarballOf = async (name: string) => {
      const image = resolved.get(name);
      return image === undefined
        ? Promise.reject(new Error(`image ${name} is not there yet`))
        : saveTarball(image, { engine, cacheFolder: options.cacheFolder, signal });
    };
    for (const image of await buildImages(toBuild, { engine, progress, workspace, tarballOf })) {
      resolved.set(image.name, image);
    }
  };

  const onPulled = (image: ResolvedImage) => resolved.set(image.name, image);
  const find = async (image: PlannedImage) => {
    const places = mode === 'build' ? [] : placesOf(image, prefix);
    for (const place of places) {
      const found = await imageInEngine(engine, image.name, place, 'engine');
      if (found !== undefined) {
        return found;
      }
    }
    const mayBeBuilt = mode !== 'registry' || places.length === 0;
    return mayBeBuilt ? await imageInEngine(engine, image.name, image.builtReference, 'built') : undefined;
  };

  await resolve(names);
  return new Map(names.flatMap((name) => pair(name, resolved.get(name))));
}

function pair<Name>(name: Name, image: ResolvedImage | undefined): readonly [Name, ResolvedImage][] {
  return image === undefined ? [] : [[name, image]];
}
