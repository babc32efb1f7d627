import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageMode } from '@meho/core/config';
import { Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CatalogEntry } from './catalog.ts';
import { dockerOf } from './engine/client.ts';
import type { Engine } from './engine/engine.ts';
import { ensureEngine } from './engine/ensure-engine.ts';
import { ensureImagesOf } from './ensure-images.ts';
import { builtPrefix } from './plan.ts';
import type { ImageRecipe } from './recipe.ts';
import { saveTarball } from './save-tarball.ts';

const signal = new AbortController().signal;
const prefix = `spec-${process.pid}`;
let engine: Engine;
let folder: string;
let cacheFolder: string;
let titles: string[];
let progress: Progress;

beforeAll(async () => {
  engine = await ensureEngine({ progress: recorder([]), signal });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'));
  cacheFolder = join(folder, 'cache');
  titles = [];
  progress = recorder(titles);
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(async () => {
  const docker = dockerOf(engine);
  for (const { RepoTags: tags } of await docker.listImages()) {
    for (const tag of (tags ?? []).filter((each) => each.startsWith(`${builtPrefix}${prefix}`))) {
      await docker.getImage(tag).remove({ force: true });
    }
  }
});

function recorder(into: string[]): Progress {
  return {
    step: (title, work) => {
      into.push(title);
      return work({ update: () => undefined });
    },
    note: () => undefined,
    warn: () => undefined,
  };
}

const hello = `package main
import "os"
func main() { b, _ := os.ReadFile("/etc/hello"); os.Stdout.Write(b) }
`;

async function helloRecipe(text: string, source = hello): Promise<ImageRecipe> {
  await mkdir(join(folder, 'hello'), { recursive: true });
  await writeFile(join(folder, 'hello', 'go.mod'), 'module hello\n\ngo 1.21\n');
  await writeFile(join(folder, 'hello', 'main.go'), source);
  await writeFile(join(folder, 'text'), text);
  return {
    programs: [{ moduleFolder: 'hello', package: '.', ldflags: '-s -w', path: '/usr/bin/hello' }],
    files: [{ from: 'text', to: '/etc/hello' }],
    config: { entrypoint: ['hello'] },
  };
}

const entry = (recipe: ImageRecipe, registry?: string): CatalogEntry => ({
  recipe: async () => recipe,
  ...(registry === undefined ? {} : { registry }),
});

async function ensure(entries: Readonly<Record<string, CatalogEntry>>, mode: ImageMode = 'auto') {
  const names = Object.keys(entries);
  return [...(await ensureImagesOf(entries, names, folder, { engine, mode, progress, signal, cacheFolder })).values()];
}

async function outputOf(reference: string): Promise<string> {
  const docker = dockerOf(engine);
  const container = await docker.createContainer({ Image: reference });
  try {
    await container.start();
    await container.wait();
    const log = await container.logs({ stdout: true, stderr: true });
    return log.subarray(8).toString(); // after the frame's header
  } finally {
    await container.remove({ force: true });
  }
}

test('built, run, found again, and built anew in part when a file changes', async () => {
  const name = `${prefix}-hello`;
  const [built] = await ensure({ [name]: entry(await helloRecipe('one')) });
  expect(built).toMatchObject({ name, origin: 'built', id: expect.stringMatching(/^sha256:/) });
  expect(await outputOf(built?.reference ?? '')).toBe('one');
  expect(titles).toContain('Go program hello');

  titles.length = 0;
  expect(await ensure({ [name]: entry(await helloRecipe('one')) })).toEqual([built]);
  expect(titles).toEqual([]);

  const [changed] = await ensure({ [name]: entry(await helloRecipe('two')) });
  expect(changed?.reference).not.toBe(built?.reference);
  expect(await outputOf(changed?.reference ?? '')).toBe('two');
  expect(titles).not.toContain('Go program hello');
});

test('equal recipes make equal images, whatever cache they come from', async () => {
  const [one] = await ensure({ [`${prefix}-same`]: entry(await helloRecipe('same')) });
  cacheFolder = join(folder, 'another-cache');
  const [other] = await ensure({ [`${prefix}-other`]: entry(await helloRecipe('same')) });
  expect(other?.id).toBe(one?.id);
});

test('a program that does not compile is told with the end of its log, and where the rest is', async () => {
  const recipe = await helloRecipe('x', 'package main\nfunc main() { undefinedThing() }\n');
  const failure = await ensure({ [`${prefix}-broken`]: entry(recipe) }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Problem);
  const { observed, next } = failure as Problem;
  expect(observed).toContain('undefined: undefinedThing');
  const log = /the whole log is in (\S+)/.exec(next)?.[1] ?? '';
  expect(await readFile(log, 'utf8')).toContain('undefinedThing');
});

test('a recipe that names what is not there fails before anything is built', async () => {
  const recipe: ImageRecipe = { files: [{ from: 'absent', to: '/x' }], config: {} };
  await expect(ensure({ [`${prefix}-bad`]: entry(recipe) })).rejects.toThrow('expected absent for /x');
  expect(titles).toEqual([]);
});

test('without a registry, mode registry names every image that is missing; auto builds', {
  timeout: 60_000,
}, async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const recipe = await helloRecipe('registry');
  const entries = {
    [`${prefix}-one`]: entry(recipe, `${host}/one:1`),
    [`${prefix}-two`]: entry(recipe, `${host}/two:1`),
  };
  await expect(ensure(entries, 'registry')).rejects.toMatchObject({
    observed: expect.stringMatching(/-one \(127.*\/one:1\): .*\n.*-two \(127/),
    next: expect.stringContaining('MEHO_IMAGES=auto'),
  });
  expect((await ensure(entries, 'auto')).map(({ origin }) => origin)).toEqual(['built', 'built']);
  server.close();
});

test('two processes that want the same image build it once', { timeout: 120_000 }, async () => {
  await helloRecipe('once');
  const name = `${prefix}-once`;
  const script = `
    import { ensureEngine } from ${JSON.stringify(new URL('engine/ensure-engine.ts', import.meta.url).href)};
    import { ensureImagesOf } from ${JSON.stringify(new URL('./ensure-images.ts', import.meta.url).href)};
    const progress = { step: (title, work) => work({ update() {} }), note() {}, warn() {} };
    const signal = new AbortController().signal;
    const recipe = { files: [
      { key: 'once', make: async (folder) => {
        const fs = await import('node:fs/promises');
        await fs.appendFile(${JSON.stringify(join(folder, 'made'))}, process.pid + '\\n');
        await new Promise((resolve) => setTimeout(resolve, 500));
        await fs.writeFile(folder + '/x', 'x');
        return folder + '/x';
      }, to: '/x' },
    ], programs: [{ moduleFolder: 'hello', package: '.', path: '/hello' }], config: {} };
    const engine = await ensureEngine({ progress, signal });
    const images = await ensureImagesOf({ ${JSON.stringify(name)}: { recipe: async () => recipe } }, [${JSON.stringify(name)}],
      ${JSON.stringify(folder)}, { engine, mode: 'build', progress, signal, cacheFolder: ${JSON.stringify(cacheFolder)} });
    console.log(JSON.stringify([...images.values()]));`;
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    return output;
  };
  const [one, other] = await Promise.all([start(), start()]);
  expect(one).toBe(other);
  expect((await readFile(join(folder, 'made'), 'utf8')).trim().split('\n')).toHaveLength(1);
});

test('an image in an image is built first and carried by name', async () => {
  const inner = await helloRecipe('inner');
  const innerName = `${prefix}-inner`;
  const outer: ImageRecipe = {
    programs: inner.programs ?? [],
    files: [{ fromImage: innerName, to: '/etc/hello' }],
    config: {},
  };
  const [image] = await ensureImagesOf(
    { [innerName]: entry(inner), [`${prefix}-outer`]: entry(outer) },
    [`${prefix}-outer`],
    folder,
    { engine, mode: 'auto', progress, signal, cacheFolder },
  ).then((images) => [...images.values()]);
  expect(image?.name).toBe(`${prefix}-outer`);
  expect(titles.filter((title) => title.startsWith('put image'))).toHaveLength(2);
});

test('a tarball is saved once, carries the name, and can be loaded', async () => {
  const [image] = await ensure({ [`${prefix}-saved`]: entry(await helloRecipe('saved')) });
  if (image === undefined) {
    throw new Error('no image');
  }
  const options = { engine, cacheFolder, signal };
  const [path, same] = await Promise.all([saveTarball(image, options), saveTarball(image, options)]);
  expect(same).toBe(path);
  const { mtimeMs } = await stat(path);
  await saveTarball(image, options);
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  const docker = dockerOf(engine);
  await docker.getImage(image.reference).remove();
  await cp(path, join(folder, 'copy.tar'));
  const answer = await docker.loadImage(join(folder, 'copy.tar'));
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error === null ? resolve() : reject(error)));
  });
  expect((await docker.getImage(image.reference).inspect()).Id).toBe(image.id);
});

test('given up while it builds: nothing goes on and nothing half-made stays', async () => {
  const controller = new AbortController();
  const recipe: ImageRecipe = {
    files: [
      {
        key: 'endless',
        make: async () => {
          controller.abort(new Error('given up'));
          return '/nowhere';
        },
        to: '/x',
      },
    ],
    config: {},
  };
  const name = `${prefix}-endless`;
  await expect(
    ensureImagesOf({ [name]: entry(recipe) }, [name], folder, {
      engine,
      mode: 'build',
      progress,
      signal: controller.signal,
      cacheFolder,
    }),
  ).rejects.toThrow();
  const images = await dockerOf(engine).listImages({
    filters: JSON.stringify({ reference: [`${builtPrefix}${name}`] }),
  });
  expect(images).toEqual([]);
});
