import { type ContainerNetwork, createNetwork } from '../containers/network.ts';
import type { ServicePlace } from './service.ts';

/** Where specs of services put them: a network of their own, and images as a run would get them. */
export class SpecSite {
  readonly network: ContainerNetwork;

  private constructor(network: ContainerNetwork) {
    this.network = network;
  }

  static async open(): Promise<SpecSite> {
    return new SpecSite(await createNetwork({}));
  }

  async place(image: string): Promise<ServicePlace> {
    return {
      image: { name: image, reference: `meho-fed/${image}:dev`, id: '', origin: 'built' },
      labels: {},
      network: this.network,
      signal: AbortSignal.timeout(120_000),
    };
  }

  close(): Promise<void> {
    return this.network.remove();
  }
}
