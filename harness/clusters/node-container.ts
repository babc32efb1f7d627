import { K3sContainer } from '@testcontainers/k3s';
import type { MountSettings } from 'dockerode';

export class NodeContainer extends K3sContainer {
  #beforeStart: (containerId: string) => Promise<void> = () => Promise.resolve();

  withVolumes(mounts: readonly MountSettings[]): this {
    this.hostConfig.Mounts = [...mounts];
    return this;
  }

  /** Runs once the container exists, before anything in it. */
  beforeStart(work: (containerId: string) => Promise<void>): this {
    this.#beforeStart = work;
    return this;
  }

  protected override containerCreated(containerId: string): Promise<void> {
    return this.#beforeStart(containerId);
  }
}
