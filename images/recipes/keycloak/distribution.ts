import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { ensureCommands } from '../../engine/debian.ts';
import type { MakeContext, RecipeFile } from '../../recipe.ts';

const keycloakVersion = '26.7.3';
const sha256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f';
/** The version that Debian's Maven takes by itself. */
const copy = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy';
const file = `keycloak-quarkus-dist-${keycloakVersion}.zip`;
/** What is fixed now needs no build at each start. */
const buildOptions = ['--db=dev-file'];

const downloadDeadlineMs = 10 * 60_000;
const buildDeadlineMs = 10 * 60_000;

/** Keycloak from Maven's repository, built by the Java of the image's own root file system. */
export function keycloakDistribution(to: string): RecipeFile {
  return {
    key: JSON.stringify(['keycloak', sha256, buildOptions]),
    make: async (folder, around) => {
      const root = join(folder, 'keycloak-root');
      await mkdir(root, { recursive: true });
      const [zip] = await Promise.all([download(folder, around), unpackRootfs(root, around)]);
      await build(zip, root, around.signal);
      return join(root, 'opt/keycloak');
    },
    to,
  };
}

async function download(folder: string, { progress, signal }: MakeContext): Promise<string> {
  await ensureCommands({ mvn: 'maven', python3: 'python3' }, { progress, signal });
  const args = ['--quiet', '--batch-mode', `-Dmaven.repo.local=${join(folder, 'maven')}`, copy];
  const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`;
  await run('mvn', [...args, artifact, `-DoutputDirectory=${folder}`], { timeoutMs: downloadDeadlineMs, signal });
  const zip = join(folder, file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(zip), hash);
  const seen = hash.digest('hex');
  if (seen !== sha256) {
    throw new Problem({
      expected: `Keycloak ${keycloakVersion} with the SHA-256 ${sha256}`,
      observed: `Maven fetched a file with ${seen}`,
      next: 'see which repository the settings of Maven name',
    });
  }
  return zip;
}

async function unpackRootfs(root: string, { rootfs, signal }: MakeContext): Promise<void> {
  if (rootfs === undefined) {
    throw new Error('Keycloak is built by the Java of a root file system, and the recipe has none');
  }
  await run('tar', ['--extract', '--file', rootfs, '--directory', root], { timeoutMs: buildDeadlineMs, signal });
}

/** In mounts and processes of its own, which vanish with it, so that removing the folder can't walk into them. */
async function build(zip: string, root: string, signal: AbortSignal): Promise<void> {
  await run('python3', ['-m', 'zipfile', '-e', zip, join(root, 'opt')], { timeoutMs: buildDeadlineMs, signal });
  await rename(join(root, `opt/keycloak-${keycloakVersion}`), join(root, 'opt/keycloak'));
  const script = [
    'set -e',
    'mkdir -p "$1/dev" "$1/proc"',
    'mount --bind /dev "$1/dev"',
    'mount -t proc proc "$1/proc"',
    `exec chroot "$1" /bin/sh /opt/keycloak/bin/kc.sh build ${buildOptions.join(' ')}`,
  ].join('\n');
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  await run('unshare', [...namespaces, 'sh', '-c', script, 'sh', root], { timeoutMs: buildDeadlineMs, signal });
}
