import type { MountSettings } from 'dockerode';
import { getContainerRuntimeClient } from 'testcontainers';

/**
 * Labels tell a leftover volume from others. Unnamed volumes go with their container.
 * @param image known to the engine
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
