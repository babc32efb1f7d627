import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { goCommand } from '@meho/core/process/go-command';
import { runExclusively } from '@meho/core/runs/exclusive';
import { oldestGo } from '../builder/go-program.ts';
import { buildLanes } from '../builder/lanes.ts';
import { runLogged } from '../builder/run-logged.ts';
import { markUsed } from '../builder/unused.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from '../builder/workspace.ts';

/** The oldest and newest accepted Helm 3 and 4; all else uses the one in `tools.ts`. */
export const otherHelms = ['3.18.5', '3.22.0', '4.0.0', '4.3.2'] as const;

export type OtherHelm = (typeof otherHelms)[number];

/** A release's default Kubernetes minor: that of client-go in its go.mod. */
const kubernetesMinor: Readonly<Record<OtherHelm, number>> = { '3.18.5': 33, '3.22.0': 37, '4.0.0': 34, '4.3.2': 37 };

/** The sources say 1.20 until the release's Makefile sets it. */
const capabilities = { 3: 'pkg/chartutil', 4: 'pkg/chart/common' } as const;

const buildDeadlineMs = 40 * 60_000;

/**
 * From its Go module, verified by Go's checksum database.
 * @returns its cache path, alone in its folder
 * @throws Problem with the end of the log
 */
export async function ensureHelm(version: OtherHelm, cache: string, signal: AbortSignal): Promise<string> {
  const workspace: Workspace = { recipes: import.meta.dirname, cache, signal };
  const place = await cachePath(workspace, 'programs', join(`helm-${version}`, 'helm'));
  return await runExclusively(`program ${place}`, { deadlineMs: buildDeadlineMs, signal }, async () => {
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
    await runLogged(`build helm ${wanted}`, await cachePath(within, 'logs', `go-helm-${wanted}.log`), go, args, {
      cwd: folder,
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off', GOBIN: folder },
      timeoutMs: buildDeadlineMs,
      signal,
    });
    await mkdir(dirname(place), { recursive: true });
    await putInPlace(join(folder, 'helm'), place);
  }
}
