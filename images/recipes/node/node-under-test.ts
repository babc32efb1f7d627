import { readFile } from 'node:fs/promises';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { getContainerRuntimeClient } from 'testcontainers';
import { type ContainerExit, outputOf, waitForExit } from '../../engine/containers/container-exit.ts';
import { saveTarball } from '../../save-tarball.ts';
import type { RealDependencies } from '../../testing/real-dependencies.ts';

export const imagesFolder = '/var/lib/rancher/k3s/agent/images';
export const manifestsFolder = '/var/lib/rancher/k3s/server/manifests';

export interface NodeCommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly output: string;
}

/** Driven by an unmodified K3sContainer. */
export class NodeUnderTest implements AsyncDisposable {
  readonly container: StartedK3sContainer;
  readonly startedInMs: number;

  constructor(container: StartedK3sContainer, startedInMs: number) {
    this.container = container;
    this.startedInMs = startedInMs;
  }

  exec(command: readonly string[]): Promise<NodeCommandResult> {
    return this.container.exec([...command]);
  }

  kubectl(...args: readonly string[]): Promise<NodeCommandResult> {
    return this.exec(['kubectl', ...args]);
  }

  /** @throws Error with kubectl's output if it fails */
  async mustKubectl(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, output } = await this.kubectl(...args);
    if (exitCode !== 0) {
      throw new Error(`kubectl ${args.join(' ')} ended with ${exitCode}: ${output}`);
    }
    return stdout;
  }

  copy(content: string | Buffer, target: string): Promise<void> {
    return this.container.copyContentToContainer([{ content, target }]);
  }

  async apply(manifest: string): Promise<void> {
    await this.copy(manifest, '/tmp/manifest.yaml');
    await this.mustKubectl('apply', '-f', '/tmp/manifest.yaml');
  }

  async podReady(name: string): Promise<void> {
    await this.mustKubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s');
  }

  async log(): Promise<string> {
    const { container } = await getContainerRuntimeClient();
    return await outputOf(container.getById(this.container.getId()));
  }

  async hasImage(reference: string): Promise<boolean> {
    const { stdout } = await this.exec(['ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet']);
    return stdout.split('\n').includes(`docker.io/${reference}`) || stdout.split('\n').includes(reference);
  }

  async imported(reference: string): Promise<void> {
    await waitFor(
      `${reference} to be imported`,
      async () => ((await this.hasImage(reference)) ? holds(undefined) : notYet('it is not listed')),
      { deadlineMs: 60_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container.stop({ timeout: 0, removeVolumes: true });
  }
}

export async function startNode(things: RealDependencies, ...command: readonly string[]): Promise<NodeUnderTest> {
  const begun = performance.now();
  const container = await new K3sContainer(things.image('node').reference)
    .withLabels({ ...things.labels })
    .withCommand(['server', ...command])
    .start();
  return new NodeUnderTest(container, performance.now() - begun);
}

/** agnhost's tarball has some 50 MB. */
export async function tarballOf(things: RealDependencies): Promise<Buffer> {
  return readFile(await saveTarball(things.image('agnhost'), things));
}

export async function waitForNodeExit(id: string, deadlineMs: number): Promise<ContainerExit> {
  const { container } = await getContainerRuntimeClient();
  return await waitForExit(container.getById(id), 'the node', deadlineMs);
}

export async function runUntilExit(things: RealDependencies, ...command: readonly string[]): Promise<ContainerExit> {
  const { container } = await getContainerRuntimeClient();
  const created = await container.dockerode.createContainer({
    Image: things.image('node').reference,
    Cmd: [...command],
    Labels: { ...things.labels },
  });
  try {
    await created.start();
    return await waitForExit(created, 'the node', 10_000);
  } finally {
    await created.remove({ force: true, v: true });
  }
}
