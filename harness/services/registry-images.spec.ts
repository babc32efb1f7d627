import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { exchange } from '@meho/core/http/exchange';
import { quiet } from '@meho/core/report/testing/quiet';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import type { CatalogEntry } from '@meho/images/catalog';
import { dockerOf, statusOf } from '@meho/images/engine/client';
import type { Engine } from '@meho/images/engine/engine';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { ensureImagesOf } from '@meho/images/ensure-images';
import type { ResolvedImage } from '@meho/images/image';
import { pushImages } from '@meho/images/registry/push';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type StartedRegistry, startRegistry } from './registry.ts';
import { type RegistryFault, type RegistryFront, startRegistryFront } from './testing/registry-front.ts';

const { signal } = new AbortController();
const { cacheFolder } = readSettings();
const prefix = `registry-spec-${process.pid}`;
const user = { name: 'reader', password: 'a secret word' };

let engine: Engine;
let authority: Authority;
let open: StartedRegistry;
let closed: StartedRegistry;
let front: RegistryFront;
let folder: string;
let built: ReadonlyMap<string, ResolvedImage>;

const entries: Readonly<Record<string, CatalogEntry>> = {
  [`${prefix}-one`]: { recipe: async () => ({ files: [{ from: 'one', to: '/one' }], config: {} }) },
  [`${prefix}-two`]: {
    registry: 'nobody.example.com/some/two:1',
    recipe: async () => ({ files: [{ from: 'two', to: '/two' }], config: {} }),
  },
};

beforeAll(async () => {
  engine = await ensureEngine({ progress: quiet, signal });
  authority = await createAuthority();
  const program = { cacheFolder, progress: quiet, signal };
  // The first on a machine builds the program.
  open = await startRegistry({ authority, program });
  closed = await startRegistry({ authority, program, users: [user] });
  front = await startRegistryFront(open, authority);
  folder = await mkdtemp(path.join(tmpdir(), 'registry-images-'));
  await writeFile(path.join(folder, 'one'), 'one'.repeat(100_000));
  await writeFile(path.join(folder, 'two'), 'two');
  built = await ensureImagesOf(entries, Object.keys(entries), folder, { ...common(), mode: 'build' });
});

afterEach(() => {
  vi.unstubAllEnvs();
  front.faults.length = 0;
});

afterAll(async () => {
  await removeImages();
  await front[Symbol.asyncDispose]();
  await Promise.all([open.stop(), closed.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const common = () => ({ engine, progress: quiet, signal, cacheFolder: path.join(folder, 'cache') });

/** So that only the registry has them. */
async function removeImages(): Promise<void> {
  const docker = dockerOf(engine);
  for (const { RepoTags: tags, RepoDigests: digests } of await docker.listImages()) {
    for (const name of [...(tags ?? []), ...(digests ?? [])].filter((each) => each.includes(prefix))) {
      await docker
        .getImage(name)
        .remove({ force: true })
        .catch((error: unknown) => {
          // The last name of an image takes its digests with it.
          if (statusOf(error) !== 404) {
            throw error;
          }
        });
    }
  }
}

const push = (registry: string) => pushImages([...built.values()], { ...common(), registry });

async function pull(registry: string, names = Object.keys(entries)): Promise<readonly ResolvedImage[]> {
  await removeImages();
  const options = { ...common(), mode: 'registry' as const, registry };
  return [...(await ensureImagesOf(entries, names, folder, options)).values()];
}

async function withBuiltImages<T>(work: () => Promise<T>): Promise<T> {
  built = await ensureImagesOf(entries, Object.keys(entries), folder, { ...common(), mode: 'build' });
  return work();
}

const seenBy = (promise: Promise<unknown>) =>
  promise.then(
    () => 'it went well',
    (error: unknown) => String(error),
  );

test('what one machine pushes another one pulls: the same images, by digest', async () => {
  const pushed = await push(`${open.host}/meho`);
  expect(pushed.map(({ name, pinned }) => [name, pinned.replace(/[0-9a-f]{64}$/, 'DIGEST')])).toEqual(
    Object.keys(entries).map((name) => [name, `${open.host}/meho/${name}@sha256:DIGEST`]),
  );
  // The same again is not sent again, and the engine keeps no name of it.
  expect(await push(`${open.host}/meho`)).toEqual(pushed);
  const tags = (await dockerOf(engine).listImages()).flatMap(({ RepoTags: each }) => each ?? []);
  expect(tags.filter((tag) => tag.startsWith(open.host))).toEqual([]);

  const pulled = await pull(`${open.host}/meho`);
  expect(pulled.map(({ id, origin }) => ({ id, origin }))).toEqual(
    [...built.values()].map(({ id }) => ({ id, origin: 'registry' })),
  );
  for (const { reference } of pulled) {
    const { RepoDigests: digests } = await dockerOf(engine).getImage(reference).inspect();
    expect(pushed.map(({ pinned }) => pinned)).toContain(digests[0]);
  }
});

test('what mirrors another registry is taken from its path', async () => {
  const [, two] = [...(await withBuiltImages(async () => built)).values()];
  if (two === undefined) {
    throw new Error('there is no second image');
  }
  const docker = dockerOf(engine);
  await docker.getImage(two.reference).tag({ repo: `${open.host}/mirror/some/two`, tag: '1' });
  const mirrored = { ...two, reference: `${open.host}/mirror/some/two:1` };
  await pushImages([mirrored], { ...common(), registry: `${open.host}/mirror` });
  await docker.getImage(mirrored.reference).remove();
  await removeImages();
  const name = `${prefix}-two`;
  const options = { ...common(), mode: 'registry' as const, registry: `${open.host}/mirror` };
  const found = await ensureImagesOf(entries, [name], folder, options);
  expect(found.get(name)).toMatchObject({ reference: mirrored.reference, origin: 'registry', id: two.id });
  await docker.getImage(mirrored.reference).remove({ force: true });
});

test('one that has less is asked for all, named with what is missing, and built from in mode auto', async () => {
  await withBuiltImages(() =>
    pushImages([...built.values()].slice(0, 1), { ...common(), registry: `${open.host}/less` }),
  );
  const refused = await seenBy(pull(`${open.host}/less`));
  expect(refused).toContain(`${prefix}-two (${open.host}/less/${prefix}-two:`);
  expect(refused).not.toContain(`${prefix}-one (`);
  expect(refused).toContain(`MEHO_REGISTRY=${open.host}/less npm run images -- --push`);
  await removeImages();
  const options = { ...common(), mode: 'auto' as const, registry: `${open.host}/less` };
  const found = await ensureImagesOf(entries, Object.keys(entries), folder, options);
  expect([...found.values()].map(({ origin }) => origin)).toEqual(['registry', 'built']);
});

test('a private one is opened by what Docker is logged in with, and names what is missing without it', async () => {
  const configuration = path.join(folder, 'docker');
  await mkdir(configuration, { recursive: true });
  const login = async (password: string) => {
    const auth = Buffer.from(`${user.name}:${password}`).toString('base64');
    await writeFile(path.join(configuration, 'config.json'), JSON.stringify({ auths: { [closed.host]: { auth } } }));
  };
  vi.stubEnv('DOCKER_CONFIG', configuration);
  const registry = `${closed.host}/meho`;
  const anonymously = await seenBy(withBuiltImages(() => push(registry)));
  expect(anonymously).toContain(`Docker's configuration has none: docker login ${closed.host}`);
  await login('another');
  expect(await seenBy(push(registry))).toContain(`${closed.host} refuses it to those credentials`);
  await login(user.password);
  expect(await push(registry)).toHaveLength(2);
  expect((await pull(registry)).map(({ origin }) => origin)).toEqual(['registry', 'registry']);
  await rm(path.join(configuration, 'config.json'));
  const refused = await seenBy(pull(registry));
  expect(refused).toContain(`Docker's configuration has none: docker login ${closed.host}`);
  expect(`${anonymously}${refused}`).not.toContain(user.password);
});

const manifests = /\/manifests\//;
const blobs = /\/blobs\//;

test.each<[string, RegistryFault]>([
  ['429 for a manifest', { method: 'HEAD', path: manifests, answer: 429 }],
  ['503 for a manifest', { method: 'GET', path: manifests, answer: 503 }],
  ['half of a layer', { method: 'GET', path: blobs, answer: 'half' }],
])('%s once costs a second and no image', async (_, fault) => {
  await withBuiltImages(() => push(`${open.host}/weather`));
  front.faults.push(fault);
  expect((await pull(`${front.host}/weather`)).map(({ origin }) => origin)).toEqual(['registry', 'registry']);
  expect(front.faults).toEqual([]);
});

test('a push that is told 429 is made again', async () => {
  front.faults.push({ method: 'PUT', path: manifests, answer: 429 });
  const pushed = await withBuiltImages(() => push(`${front.host}/pushed`));
  expect(pushed).toHaveLength(2);
  expect(front.faults).toEqual([]);
});

test('one that has no time for long is named by that', async () => {
  await withBuiltImages(() => push(`${open.host}/busy`));
  front.faults.push(...Array.from({ length: 40 }, () => ({ method: 'HEAD', path: manifests, answer: 429 }) as const));
  front.faults.push(...Array.from({ length: 40 }, () => ({ method: 'GET', path: manifests, answer: 429 }) as const));
  expect(await seenBy(pull(`${front.host}/busy`, [`${prefix}-one`]))).toContain(
    `${front.host} takes no more requests for now`,
  );
});

test('an image for another architecture is none', async () => {
  const { Arch: ours } = await dockerOf(engine).version();
  const other = ours === 'arm64' ? 'amd64' : 'arm64';
  const [one] = [...built.values()];
  const tag = one?.reference.split(':').at(-1);
  const repository = `foreign/${prefix}-one`;
  const config = await upload(
    repository,
    Buffer.from(JSON.stringify({ architecture: other, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } })),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [],
  };
  const { status } = await ask(
    `/v2/${repository}/manifests/${tag}`,
    'PUT',
    Buffer.from(JSON.stringify(manifest)),
    manifest.mediaType,
  );
  expect(status).toBe(201);
  expect(await seenBy(pull(`${open.host}/foreign`))).toContain(
    `it is there for linux/${other}, and the engine runs linux/${ours}`,
  );
});

async function upload(
  repository: string,
  content: Buffer,
): Promise<{ readonly digest: string; readonly size: number }> {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const { headers } = await ask(`/v2/${repository}/blobs/uploads/`, 'POST');
  const place = new URL(String(headers['location']), `https://${open.host}`);
  place.searchParams.set('digest', digest);
  const { status } = await ask(`${place.pathname}${place.search}`, 'PUT', content, 'application/octet-stream');
  expect(status).toBe(201);
  return { digest, size: content.length };
}

function ask(asked: string, method: string, body?: Buffer, type?: string) {
  return exchange({
    url: new URL(`https://${open.host}${asked}`),
    method,
    ...(body === undefined ? {} : { body: body.toString('utf8') }),
    headers: type === undefined ? {} : { 'content-type': type },
    tls: { ca: [authority.certificatePem] },
    deadlineMs: 10_000,
  });
}
