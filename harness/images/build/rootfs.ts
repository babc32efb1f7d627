import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommands } from '../../engine/debian.ts';
import type { Progress } from '../../report/progress.ts';
import { exclusively } from '../../runs/exclusive.ts';
import type { DebianRootfs } from '../recipe.ts';
import { hostMirror, hostProxies } from './debian-mirror.ts';
import { alwaysExcluded } from './exclusions.ts';
import { loggedRun } from './logged-run.ts';
import { hashOfRootfs } from './recipe-hash.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from './workspace.ts';

const deadlineMs = 20 * 60_000;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export async function rootfsPath(rootfs: DebianRootfs, workspace: Workspace): Promise<string> {
  return cachePath(workspace, 'rootfs', `${rootfs.suite}-${hashOfRootfs(rootfs).slice(0, 16)}.tar`);
}

/**
 * Makes a Debian root file system, unless the same one is in the cache, and waits where another process makes it.
 *
 * @returns path of a tar archive in the cache
 * @throws Problem with the end of the log
 */
export async function buildRootfs(rootfs: DebianRootfs, workspace: Workspace, progress: Progress): Promise<string> {
  const place = await rootfsPath(rootfs, workspace);
  if (await exists(place)) {
    return place;
  }
  const { signal } = workspace;
  // The keyring is missing where the system is made from Debian and isn't Debian.
  await ensureCommands({ mmdebstrap: 'mmdebstrap', [keyring]: 'debian-archive-keyring' }, { progress, signal });
  return exclusively(`rootfs ${place}`, { deadlineMs, signal }, async () => {
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
    // Snapshots and mirrors that have stopped moving keep a sid whose Release file has expired.
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
  const [command, ...prefix] = enclosed();
  await loggedRun(what, log, command, [...prefix, ...args], {
    // The same packages give the same archive: times are this one or older.
    env: { TMPDIR: folder, SOURCE_DATE_EPOCH: '946684800', DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: deadlineMs,
    signal,
  });
  await putInPlace(unfinished, place);
}

/**
 * As root mmdebstrap mounts the host's /proc and /sys below its folder. In namespaces of its own they are nowhere else,
 * and go with its processes: one that is killed leaves no mount that a later removal of the folder would walk into.
 */
function enclosed(): readonly [string, ...string[]] {
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return process.getuid?.() === 0 ? ['unshare', ...namespaces, 'mmdebstrap'] : ['mmdebstrap'];
}

/** Before the packages come: no service is started, no database cluster made. */
const prepareScript = `#!/bin/sh
set -e
printf '#!/bin/sh\\nexit 101\\n' > "$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
mkdir -p "$1/etc/postgresql-common"
echo 'create_main_cluster = false' > "$1/etc/postgresql-common/createcluster.conf"
`;

/** After them: out with what path-exclude let through because it was made by a package's script, and with our traces. */
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
