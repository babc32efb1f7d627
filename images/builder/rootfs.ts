import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '@meho/core/report/progress';
import { runExclusively } from '@meho/core/runs/exclusive';
import { ensureCommands } from '../engine/debian.ts';
import type { DebianRootfs } from '../recipe.ts';
import { hostMirror, hostProxies } from './debian-mirror.ts';
import { alwaysExcluded } from './exclusions.ts';
import { hashOfRootfs } from './recipe-hash.ts';
import { runLogged } from './run-logged.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from './workspace.ts';

const deadlineMs = 20 * 60_000;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export async function rootfsPath(rootfs: DebianRootfs, workspace: Workspace): Promise<string> {
  return cachePath(workspace, 'rootfs', `${rootfs.suite}-${hashOfRootfs(rootfs).slice(0, 16)}.tar`);
}

/**
 * Cached; waits if another process is making it.
 * @returns path of a tar archive
 * @throws Problem with the end of the log
 */
export async function buildRootfs(rootfs: DebianRootfs, workspace: Workspace, progress: Progress): Promise<string> {
  const place = await rootfsPath(rootfs, workspace);
  if (await exists(place)) {
    return place;
  }
  const { signal } = workspace;
  // Derivatives of Debian lack its keyring.
  await ensureCommands({ mmdebstrap: 'mmdebstrap', [keyring]: 'debian-archive-keyring' }, { progress, signal });
  return runExclusively(`rootfs ${place}`, { deadlineMs, signal }, async () => {
    if (!(await exists(place))) {
      await inWorkFolder(workspace, (folder) => debootstrap(rootfs, folder, place, workspace));
    }
    return place;
  });
}

async function debootstrap(rootfs: DebianRootfs, folder: string, place: string, workspace: Workspace): Promise<void> {
  const { signal } = workspace;
  const [mirror, proxies] = await Promise.all([hostMirror(), hostProxies(signal)]);
  const unfinished = join(folder, 'rootfs.tar');
  const excluded = [...alwaysExcluded, ...(rootfs.exclude ?? [])];
  const prepare = join(folder, 'prepare');
  const cleanUp = join(folder, 'clean-up');
  await writeFile(prepare, prepareScript, { mode: 0o755 });
  await writeFile(cleanUp, cleanUpScript(excluded), { mode: 0o755 });
  const args = [
    '--variant=minbase',
    '--format=tar',
    '--skip=output/dev',
    `--include=${rootfs.packages.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Retries "3"',
    // Snapshots and stale mirrors serve a sid whose Release file has expired.
    ...(rootfs.suite === 'sid' ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
    ...proxies.map((proxy) => `--aptopt=${proxy}`),
    '--dpkgopt=force-unsafe-io',
    ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--keyring=${keyring}`,
    `--essential-hook=${prepare} "$1"`,
    `--customize-hook=${cleanUp} "$1"`,
    rootfs.suite,
    unfinished,
    mirror,
  ];
  const log = await cachePath(workspace, 'logs', `rootfs-${place.split('/').at(-1)}.log`);
  const what = `make a ${rootfs.suite} root file system with ${rootfs.packages.join(', ')}`;
  const [command, ...prefix] = isolationCommand();
  await runLogged(what, log, command, [...prefix, ...args], {
    // Clamps times, so that equal packages give equal archives.
    env: { TMPDIR: folder, SOURCE_DATE_EPOCH: '946684800', DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: deadlineMs,
    signal,
  });
  await putInPlace(unfinished, place);
}

/**
 * As root, mmdebstrap mounts the host's /proc and /sys in its folder. In its own namespaces they vanish with its
 * processes, so that removing a killed one's folder can't walk into them.
 */
function isolationCommand(): readonly [string, ...string[]] {
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return process.getuid?.() === 0 ? ['unshare', ...namespaces, 'mmdebstrap'] : ['mmdebstrap'];
}

/** Before installing: no service may start, no database cluster be created. */
const prepareScript = `#!/bin/sh
set -e
printf '#!/bin/sh\\nexit 101\\n' > "$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
mkdir -p "$1/etc/postgresql-common"
# Java's packages link their pages there and fail without it.
mkdir -p "$1/usr/share/man/man1"
echo 'create_main_cluster = false' > "$1/etc/postgresql-common/createcluster.conf"
`;

/** Removes excluded files that packages' scripts created, and build traces. */
function cleanUpScript(excluded: readonly string[]): string {
  const patterns = excluded.map((path) => `"$1"${path.replaceAll(/[^\w./*?[\]@+-]/g, (c) => `\\${c}`)}`);
  return `#!/bin/sh
set -e
rm -rf ${patterns.join(' ')}
rm -rf "$1/usr/sbin/policy-rc.d" "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old
find "$1/var/log" -type f -delete
: > "$1/etc/machine-id"
rm -f "$1/etc/resolv.conf" "$1/etc/hostname"
`;
}
