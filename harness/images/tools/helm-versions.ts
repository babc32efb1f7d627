import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { goCommand } from '../../process/go-command.ts';
import { exclusively } from '../../runs/exclusive.ts';
import { buildLanes } from '../build/lanes.ts';
import { loggedRun } from '../build/logged-run.ts';
import { markUsed } from '../build/unused.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from '../build/workspace.ts';

/** The oldest and the newest Helm 3 and 4 that are accepted. What everything else runs with is pinned in `tools.ts`. */
export const otherHelms = ['3.18.5', '3.22.0', '4.0.0', '4.3.2'] as const;

export type OtherHelm = (typeof otherHelms)[number];

/** Minor of the Kubernetes that each one's release renders for where it is told no other: that of the client-go in its go.mod. */
const kubernetesMinor: Readonly<Record<OtherHelm, number>> = { '3.18.5': 33, '3.22.0': 37, '4.0.0': 34, '4.3.2': 37 };

/** Where the sources keep it; they say 1.20 until the release's Makefile tells them. */
const capabilities = { 3: 'pkg/chartutil', 4: 'pkg/chart/common' } as const;

const buildDeadlineMs = 40 * 60_000;
const oldestGo = '1.26';

/**
 * A helm of this very version, built once a machine from its Go module, whose sums Go's checksum database vouches for.
 *
 * @returns path of the program in the cache, alone in its folder
 * @throws Problem with the end of the log when it can't be built
 */
export async function ensureHelm(version: OtherHelm, cache: string, signal: AbortSignal): Promise<string> {
  const workspace: Workspace = { recipes: import.meta.dirname, cache, signal };
  const place = await cachePath(workspace, 'programs', join(`helm-${version}`, 'helm'));
  return await exclusively(`program ${place}`, { deadlineMs: buildDeadlineMs, signal }, async () => {
    if (!(await exists(place))) {
      await buildLanes.in('go', signal, () => inWorkFolder(workspace, (folder) => build(version, folder, workspace)));
    }
    await markUsed(dirname(place));
    return place;
  });

  async function build(wanted: OtherHelm, folder: string, within: Workspace): Promise<void> {
    const major = wanted.startsWith('3.') ? 3 : 4;
    const module = `helm.sh/helm/v${major}`;
    const go = await goCommand({ purpose: 'to build other versions of helm', folder, atLeast: oldestGo, signal });
    const told = [
      `${module}/internal/version.version=v${wanted}`,
      `${module}/internal/version.gitTreeState=clean`,
      `${module}/${capabilities[major]}.k8sVersionMinor=${kubernetesMinor[wanted]}`,
    ];
    const args = [
      'install',
      '-trimpath',
      '-ldflags',
      `-s -w ${told.map((value) => `-X ${value}`).join(' ')}`,
      `${module}/cmd/helm@v${wanted}`,
    ];
    await loggedRun(`build helm ${wanted}`, await cachePath(within, 'logs', `go-helm-${wanted}.log`), go, args, {
      cwd: folder,
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off', GOBIN: folder },
      timeoutMs: buildDeadlineMs,
      signal,
    });
    await mkdir(dirname(place), { recursive: true });
    await putInPlace(join(folder, 'helm'), place);
  }
}
