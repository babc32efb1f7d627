import type { MountSettings } from 'dockerode';
import { getContainerRuntimeClient } from 'testcontainers';

/**
 * The paths that an image declares as volumes, as mounts that carry the run's labels. Left to itself the engine makes
 * them without labels, and a volume that outlives its container could not be told from someone else's. They have no
 * name, so they go with their container.
 *
 * @param image a reference that the engine has
 */
export async function labelledVolumes(
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<readonly MountSettings[]> {
  const { container } = await getContainerRuntimeClient();
  const { Config: config } = await container.dockerode.getImage(image).inspect();
  const paths = Object.keys((config.Volumes as Record<string, unknown> | null | undefined) ?? {});
  return paths.map((path) => ({
    Type: 'volume',
    Target: path,
    Source: '',
    VolumeOptions: { NoCopy: false, Labels: { ...labels }, DriverConfig: { Name: 'local', Options: {} } },
  }));
}
