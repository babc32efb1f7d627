import { dockerOf, statusOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import type { ResolvedImage } from '../image.ts';

/** Enough for switching between two branches. */
const kept = 3;

/** Keeps the newest images and those that containers use. */
export async function removeOldImages(engine: Engine, { reference }: ResolvedImage): Promise<void> {
  const docker = dockerOf(engine);
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  const images = await docker.listImages({ filters: JSON.stringify({ reference: [repository] }) });
  const tags = images.flatMap(({ RepoTags: names }) => names ?? []).filter((tag) => tag.startsWith(`${repository}:`));
  const dated = await Promise.all(
    tags.map(async (tag) => ({ tag, at: taggedAt(await docker.getImage(tag).inspect()) })),
  );
  const old = dated.toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(kept);
  for (const { tag } of old.filter((each) => each.tag !== reference)) {
    try {
      await docker.getImage(tag).remove();
    } catch (error) {
      // In use, or removed by a concurrent run.
      if (statusOf(error) !== 409 && statusOf(error) !== 404) {
        throw error;
      }
    }
  }
}

/** The client's types lack this time; the image's own date is constant. */
function taggedAt(inspected: { readonly Id: string; readonly Metadata?: { readonly LastTagTime?: string } }): string {
  return inspected.Metadata?.LastTagTime ?? '';
}
