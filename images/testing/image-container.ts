import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { dockerOf } from '../engine/client.ts';
import { type ContainerExit, outputOf } from '../engine/containers/container-exit.ts';
import type { Engine } from '../engine/engine.ts';
import type { ResolvedImage } from '../image.ts';

export class ImageContainer implements AsyncDisposable {
  readonly #docker: Docker;
  readonly #container: Docker.Container;

  private constructor(docker: Docker, container: Docker.Container) {
    this.#docker = docker;
    this.#container = container;
  }

  static async start(
    engine: Engine,
    image: ResolvedImage,
    labels: Readonly<Record<string, string>>,
    options: Docker.ContainerCreateOptions = {},
  ): Promise<ImageContainer> {
    const docker = dockerOf(engine);
    const container = await docker.createContainer({ ...options, Image: image.reference, Labels: { ...labels } });
    const started = new ImageContainer(docker, container);
    try {
      await container.start();
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  async exec(command: readonly string[], options: Omit<Docker.ExecCreateOptions, 'Cmd'> = {}): Promise<ContainerExit> {
    const exec = await this.#container.exec({
      ...options,
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
    });
    const both = new PassThrough();
    const stream = await exec.start({ hijack: true, stdin: false });
    this.#docker.modem.demuxStream(stream, both, both);
    stream.on('end', () => both.end());
    const output = await text(both);
    const { ExitCode: exitCode } = await exec.inspect();
    return { exitCode: exitCode ?? -1, output };
  }

  async ended(): Promise<ContainerExit> {
    const { StatusCode: exitCode }: { readonly StatusCode: number } = await this.#container.wait();
    return { exitCode, output: await this.log() };
  }

  log(): Promise<string> {
    return outputOf(this.#container);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.remove({ force: true, v: true });
  }
}
