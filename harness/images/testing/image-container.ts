import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { dockerOf } from '../../engine/client.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ResolvedImage } from '../image.ts';

export interface Ended {
  readonly exitCode: number;
  /** Both streams. */
  readonly output: string;
}

/** A container of an image, as a test of that image drives it; removed with its volumes when it is disposed of. */
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

  async exec(command: readonly string[], options: Omit<Docker.ExecCreateOptions, 'Cmd'> = {}): Promise<Ended> {
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

  /** Waits until it ends by itself. */
  async ended(): Promise<Ended> {
    const { StatusCode: exitCode }: { readonly StatusCode: number } = await this.#container.wait();
    return { exitCode, output: await this.log() };
  }

  async log(): Promise<string> {
    const frames = await this.#container.logs({ stdout: true, stderr: true });
    let log = '';
    // Each frame has a header of eight bytes, of which the last four are its length.
    for (let at = 0; at + 8 <= frames.length; at += 8 + frames.readUInt32BE(at + 4)) {
      log += frames.subarray(at + 8, at + 8 + frames.readUInt32BE(at + 4)).toString();
    }
    return log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.remove({ force: true, v: true });
  }
}
