import { readFile } from 'node:fs/promises';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { getContainerRuntimeClient } from 'testcontainers';
import type { RealThings } from '../../testing/real-things.ts';
import { holds, notYet, waitFor } from '../../wait/wait-for.ts';
import { saveTarball } from '../save-tarball.ts';

/** Where k3s' users put tarballs of images and manifests. */
export const imagesFolder = '/var/lib/rancher/k3s/agent/images';
export const manifestsFolder = '/var/lib/rancher/k3s/server/manifests';

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

/** A node that runs, driven by the unchanged K3sContainer. */
export class NodeUnderTest implements AsyncDisposable {
  readonly container: StartedK3sContainer;
  readonly startedInMs: number;

  constructor(container: StartedK3sContainer, startedInMs: number) {
    this.container = container;
    this.startedInMs = startedInMs;
  }

  exec(command: readonly string[]): Promise<Answer> {
    return this.container.exec([...command]);
  }

  kubectl(...args: readonly string[]): Promise<Answer> {
    return this.exec(['kubectl', ...args]);
  }

  /** @throws Error with kubectl's own words unless it succeeds */
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

  /** What docker logs shows, up to now. */
  async log(): Promise<string> {
    return logOf(this.container.getId());
  }

  /** Containerd lists the image. */
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

export async function startNode(things: RealThings, ...command: readonly string[]): Promise<NodeUnderTest> {
  const begun = performance.now();
  const container = await new K3sContainer(things.image('node').reference)
    .withLabels({ ...things.labels })
    .withCommand(['server', ...command])
    .start();
  return new NodeUnderTest(container, performance.now() - begun);
}

/** The image's tarball as bytes; agnhost's has some 50 MB. */
export async function tarballOf(things: RealThings): Promise<Buffer> {
  return readFile(await saveTarball(things.image('agnhost'), things));
}

export interface Ended {
  readonly exitCode: number;
  readonly log: string;
}

/** Waits for a container to end by itself. */
export async function ended(id: string, deadlineMs: number): Promise<Ended> {
  const { container } = await getContainerRuntimeClient();
  const exitCode = await waitFor(
    'the node to end',
    async () => {
      const { State: state } = await container.getById(id).inspect();
      return state.Running ? notYet('it runs') : holds(state.ExitCode);
    },
    { deadlineMs },
  );
  return { exitCode, log: await logOf(id) };
}

/** Runs the node with a command line with which it won't stay. */
export async function runToEnd(things: RealThings, ...command: readonly string[]): Promise<Ended> {
  const { container } = await getContainerRuntimeClient();
  const created = await container.dockerode.createContainer({
    Image: things.image('node').reference,
    Cmd: [...command],
    Labels: { ...things.labels },
  });
  try {
    await created.start();
    return await ended(created.id, 10_000);
  } finally {
    await created.remove({ force: true, v: true });
  }
}

async function logOf(id: string): Promise<string> {
  const { container } = await getContainerRuntimeClient();
  const raw = await container.getById(id).logs({ stdout: true, stderr: true, follow: false });
  return raw.toString('utf8');
}
