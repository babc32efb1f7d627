import { dockerOf, statusOf } from './engine/client.ts';
import type { Engine } from './engine/engine.ts';
import type { ImageOrigin, ResolvedImage } from './image.ts';

export async function imageInEngine(
  engine: Engine,
  name: string,
  reference: string,
  origin: ImageOrigin,
): Promise<ResolvedImage | undefined> {
  try {
    const { Id: id } = await dockerOf(engine).getImage(reference).inspect();
    return { name, reference, id, origin };
  } catch (error) {
    if (statusOf(error) === 404) {
      return undefined;
    }
    throw error;
  }
}
