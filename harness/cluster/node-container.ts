import { K3sContainer } from '@testcontainers/k3s';
import type { MountSettings } from 'dockerode';

/** The K3sContainer of testcontainers, with labelled volumes and a moment for what must be in place before it starts. */
export class NodeContainer extends K3sContainer {
  #beforeStart: (containerId: string) => Promise<void> = () => Promise.resolve();

  withVolumes(mounts: readonly MountSettings[]): this {
    this.hostConfig.Mounts = [...mounts];
    return this;
  }

  /** Runs when the container exists and nothing in it runs yet. */
  beforeStart(work: (containerId: string) => Promise<void>): this {
    this.#beforeStart = work;
    return this;
  }

  protected override containerCreated(containerId: string): Promise<void> {
    return this.#beforeStart(containerId);
  }
}
