import { buffer } from 'node:stream/consumers';
import { readSettings } from '@meho/core/config';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { newRun, type RunIdentity } from '@meho/core/runs/identity';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dockerOf } from './engine/client.ts';
import type { Engine } from './engine/engine.ts';
import { ensureEngine } from './engine/ensure-engine.ts';
import { removeRun } from './engine/runs/remove-runs.ts';
import { ensureImages } from './ensure-images.ts';
import { imageInEngine } from './lookup.ts';
import { trustingImage } from './trusting-image.ts';

const { signal } = new AbortController();
const certificates = '-----BEGIN CERTIFICATE-----\nof the run\n-----END CERTIFICATE-----\n';
const bundle = '/etc/ssl/certs/ca-certificates.crt';
let engine: Engine;
let run: RunIdentity;

beforeAll(async () => {
  const progress = new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() });
  engine = await ensureEngine({ progress, signal });
  run = await newRun();
}, 600_000);
afterAll(() => removeRun(run, { engine, signal: AbortSignal.timeout(60_000) }));

async function makeImage(name: 'second-backplane' | 'backplane') {
  const progress = new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() });
  const { cacheFolder, imageMode: mode, imageRegistry: registry } = readSettings();
  const images = await ensureImages([name], { engine, mode, registry, progress, signal, cacheFolder });
  const base = images.get(name);
  if (base === undefined) {
    throw new Error(`${name} is not there`);
  }
  const trusting = await trustingImage(base, { engine, labels: run.labels, certificates, signal });
  const inspect = async (id: string) => (await dockerOf(engine).getImage(id).inspect()) as Inspected;
  return { base, trusting, before: await inspect(base.id), after: await inspect(trusting.id) };
}

interface Inspected {
  readonly Config: {
    readonly Env: readonly string[];
    readonly User: string;
    readonly Entrypoint: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly WorkingDir: string;
  };
  readonly RootFS: { readonly Layers: readonly string[] };
}

async function fileIn(image: string, place: string): Promise<string> {
  const container = await dockerOf(engine).createContainer({
    Image: image,
    Cmd: ['/nothing'],
    Labels: { ...run.labels },
  });
  const unpacked = extract();
  (await container.getArchive({ path: place })).pipe(unpacked);
  for await (const entry of unpacked) {
    return (await buffer(entry)).toString('utf8');
  }
  return '';
}

test.for(['second-backplane', 'backplane'] as const)(
  '%s is as it was, with a layer more in which the roots and the run’s authorities are',
  async (name) => {
    const { base, trusting, before, after } = await makeImage(name);
    expect(trusting.reference).toMatch(new RegExp(`^meho\\.local/trusting-${run.id}/${name}:`));
    expect(trusting.reference.split(':').at(-1)).toBe(base.reference.split(':').at(-1));
    const { Env: envBefore, ...configBefore } = before.Config;
    expect(after.Config).toMatchObject({
      User: configBefore.User,
      Entrypoint: configBefore.Entrypoint,
      WorkingDir: configBefore.WorkingDir,
    });
    expect(after.Config.Cmd ?? []).toEqual(configBefore.Cmd ?? []);
    expect(after.Config.Env).toEqual([
      ...envBefore,
      ...['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'].map((variable) => `${variable}=${bundle}`),
    ]);
    expect(after.RootFS.Layers.slice(0, -1)).toEqual(before.RootFS.Layers);
    expect(after.RootFS.Layers).toHaveLength(before.RootFS.Layers.length + 1);
    const roots = await fileIn(trusting.id, bundle);
    expect(roots.endsWith(certificates)).toBe(true);
  },
);

test('goes with its run', async () => {
  const { trusting } = await makeImage('second-backplane');
  const removed = await removeRun(run, { engine, signal });
  expect(removed.map(({ kind, name }) => `${kind} ${name}`)).toContain(`image ${trusting.reference}`);
  expect(await imageInEngine(engine, 'second-backplane', trusting.reference, 'engine')).toBeUndefined();
});
