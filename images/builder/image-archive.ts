import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { ImageConfig } from '../recipe.ts';
import { fillArchive, type Layer } from './archive.ts';

const created = '2000-01-01T00:00:00Z';
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface ImageContents {
  /** e.g. `meho.local/postgres:3f2a9c…` */
  readonly tag: string;
  /** From the bottom up. */
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

/**
 * For `docker load`. No builder: nothing needs to run, any engine accepts it, and equal contents have equal ids
 * everywhere.
 */
export async function writeImage({ tag, layers, config }: ImageContents, to: Writable): Promise<void> {
  const packer = pack();
  const text = JSON.stringify(imageConfiguration(layers, config));
  const configName = `${createHash('sha256').update(text).digest('hex')}.json`;
  const placed = layers.map((layer) => ({ layer, name: posix.join(layer.diffId.replace('sha256:', ''), 'layer.tar') }));
  const manifest = [{ Config: configName, RepoTags: [tag], Layers: placed.map(({ name }) => name) }];
  await Promise.all([
    pipeline(packer, to),
    fillArchive(packer, async (archive) => {
      await archive.text(configName, text);
      await archive.text('manifest.json', JSON.stringify(manifest));
      for (const { layer, name } of placed) {
        await archive.stream(name, createReadStream(layer.path, { highWaterMark: 1 << 20 }), layer.size);
      }
    }),
  ]);
}

export function imageConfiguration(layers: readonly Layer[], config: ImageConfig): unknown {
  const env = Object.entries(config.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const set = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
  return {
    created,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Env: env.some((each) => each.startsWith('PATH=')) ? env : [path, ...env],
      ...(config.entrypoint === undefined ? {} : { Entrypoint: config.entrypoint }),
      ...(config.cmd === undefined ? {} : { Cmd: config.cmd }),
      ...(config.user === undefined ? {} : { User: config.user }),
      WorkingDir: config.workdir ?? '/',
      ...(config.exposedPorts === undefined ? {} : { ExposedPorts: set(config.exposedPorts.map(withProtocol)) }),
      ...(config.volumes === undefined ? {} : { Volumes: set(config.volumes) }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created, created_by: 'meho-acceptance' })),
  };
}

const withProtocol = (port: string) => (port.includes('/') ? port : `${port}/tcp`);
