import { buffer } from 'node:stream/consumers';
import { Problem } from '@meho/core/problem';
import { runOf } from '@meho/core/runs/identity';
import { orAborted } from '@meho/core/wait/or-aborted';
import type Docker from 'dockerode';
import { extract, pack } from 'tar-stream';
import { dockerOf, statusOf } from './engine/client.ts';
import type { Engine } from './engine/engine.ts';
import type { ResolvedImage } from './image.ts';
import { imageInEngine } from './lookup.ts';
import { builtPrefix } from './plan.ts';

export const trustingPrefix = `${builtPrefix}trusting-`;

/** Distributions' root bundles; the first is created if none exists. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Alpine, distroless
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Red Hat
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/ssl/cert.pem', // Alpine's OpenSSL, where it is no link
] as const;
/** Of OpenSSL, Python and Node, whose lists are separate from the system's. */
const variables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'] as const;
const deadlineMs = 5 * 60_000;
const followedLinks = 8;

export interface TrustingImage {
  readonly engine: Engine;
  readonly labels: Readonly<Record<string, string>>;
  /** PEM. */
  readonly certificates: string;
  readonly signal: AbortSignal;
}

/**
 * Adds one layer with certificates in the system roots.
 * @throws Problem if the engine fails
 */
export async function trustingImage(base: ResolvedImage, asked: TrustingImage): Promise<ResolvedImage> {
  const { engine, labels, signal } = asked;
  const either = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const docker = dockerOf(engine);
  const repository = `${trustingPrefix}${runOf(labels)?.id ?? 'nobody'}/${base.name}`;
  const tag = base.reference.slice(base.reference.lastIndexOf(':') + 1);
  try {
    // Never started: only its file system is used.
    const container = await docker.createContainer({
      Image: base.id,
      Entrypoint: ['/nothing'],
      Cmd: [],
      Labels: { ...labels },
      abortSignal: either,
    });
    try {
      await orAborted(commit(docker, container, base, { repository, tag }, asked), either);
    } finally {
      await container.remove({ force: true, v: true });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(
      {
        expected: `a layer over ${base.reference} with the run's authorities`,
        observed: 'the engine does not make one',
        next: 'mend what it gives as its reason; a full disk is the usual one',
      },
      { cause: error },
    );
  }
  const made = await imageInEngine(engine, base.name, `${repository}:${tag}`, 'built');
  if (made === undefined) {
    throw new Error(`image ${repository}:${tag} was made and is not there`);
  }
  return made;
}

async function commit(
  docker: Docker,
  container: Docker.Container,
  base: ResolvedImage,
  name: { readonly repository: string; readonly tag: string },
  { certificates, labels }: TrustingImage,
): Promise<void> {
  const { Config: config } = await docker.getImage(base.id).inspect();
  const env = new Map((config.Env ?? []).map((each: string) => [nameIn(each), each.slice(nameIn(each).length + 1)]));
  const own = variables.flatMap((variable) => env.get(variable) || []);
  const found = new Map<string, string>();
  for (const place of [...bundles, ...own]) {
    const file = await textAt(container, place);
    if (file !== undefined) {
      found.set(file.path, file.text);
    }
  }
  if (found.size === 0) {
    found.set(bundles[0], '');
  }
  const [first = bundles[0]] = found.keys();
  const archive = pack();
  for (const [place, text] of found) {
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    archive.entry({ name: place.slice(1), mode: 0o644 }, `${text}${separator}${certificates}`);
  }
  archive.finalize();
  await container.putArchive(await buffer(archive), { path: '/' });
  // Variables the image sets stay; their bundle was extended.
  const unsaid = variables.filter((variable) => !env.get(variable));
  await container.commit({
    repo: name.repository,
    tag: name.tag,
    pause: false,
    // Restores the image's, not the container's.
    changes: [
      `ENTRYPOINT ${JSON.stringify(config.Entrypoint ?? [])}`,
      `CMD ${JSON.stringify(config.Cmd ?? [])}`,
      ...unsaid.map((variable) => `ENV ${variable}=${first}`),
      ...Object.entries(labels).map(([label, value]) => `LABEL ${JSON.stringify(label)}=${JSON.stringify(value)}`),
    ].join('\n'),
  });
}

const nameIn = (variable: string): string => variable.split('=', 1)[0] ?? '';

async function textAt(
  container: Docker.Container,
  place: string,
  links = followedLinks,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  let archive: NodeJS.ReadableStream;
  try {
    archive = await container.getArchive({ path: place });
  } catch (error) {
    if (statusOf(error) === 404) {
      return undefined;
    }
    throw error;
  }
  const unpacked = extract();
  archive.on('error', (error) => unpacked.destroy(error));
  archive.pipe(unpacked);
  for await (const entry of unpacked) {
    const { type, linkname } = entry.header;
    if (type === 'file') {
      return { path: place, text: (await buffer(entry)).toString('utf8') };
    }
    if (type === 'symlink' && linkname && links > 0) {
      return textAt(container, new URL(linkname, `file://${place}`).pathname, links - 1);
    }
    return undefined;
  }
  return undefined;
}
