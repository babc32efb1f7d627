import path from 'node:path';
import { toggle } from '@meho/core/command-line/flags';
import { run } from '@meho/core/process/run';
import { out } from '@meho/core/report/output';
import { repositoryRoot } from '@meho/core/repository';
import { namespaces } from '@meho/kube/api/resource';
import type { Writes } from '../clusters/audit-log.ts';
import { readInput } from '../commands/calling/input.ts';
import { suiteFlags } from '../commands/calling/suite-flags.ts';
import type { CommandContext } from '../commands/command.ts';
import { prepare } from '../commands/running/prepare.ts';
import { withOwnedRun } from '../commands/running/with-owned-run.ts';
import { startLab } from '../testing/lab.ts';
import { labFlags } from '../testing/lab-flags.ts';
import { waitForIdleCluster } from '../testing/lab-state.ts';

export const labSoakFlags = {
  ...suiteFlags,
  'own-services': toggle('start Postgres, Vault and OpenID beside the lab, instead of using those it has'),
};

const namespace = 'meho-ci-nightly';
const timeoutMs = 60 * 60_000;

interface Night {
  readonly exitCode: number;
  readonly writes: Writes;
  /** Namespaces that weren't there before. */
  readonly left: readonly string[];
  /** Namespaces that were there before. */
  readonly lost: readonly string[];
}

/** Judges by the cluster's audit log, not the run's report. */
export async function soakLab(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(labSoakFlags, args);
  const { progress, signal } = context;
  const night = await withOwnedRun(context, async ({ labels }): Promise<Night> => {
    await prepare(settings, context);
    await using lab = await progress.step('an existing lab', () => startLab({ labels, progress, signal }));
    const spaces = async () => (await lab.admin.listMetadata(namespaces, {})).items.map(nameOf);
    // Else the cluster's own deletions would look like the suite's.
    await waitForIdleCluster(lab.admin);
    const before = await spaces();
    const flags = [
      ...(await labFlags(lab, namespace)),
      ...(values['own-services'] ? ['--services-network', lab.network] : ['--services', lab.services.file]),
      ...(values.suite.length === 0 ? [] : ['--suite', values.suite.join(',')]),
      ...['--artefacts', values.artefacts],
    ];
    const main = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
    const { exitCode } = await run(process.execPath, [main, 'acceptance', ...flags], {
      env: { MEHO_KUBECONFIG: '', MEHO_CONTEXT: '', KUBECONFIG: '', ...lab.services.secrets },
      timeoutMs,
      signal,
      acceptExitCodes: [1, 2],
      onLine: (line) => progress.note(`  ${line}`),
    });
    const after = await spaces();
    return {
      exitCode,
      writes: await lab.writes(),
      left: after.filter((name) => !before.includes(name)),
      lost: before.filter((name) => !after.includes(name)),
    };
  });
  const { exitCode, left, lost, writes } = night;
  const { requests, made, removed, outside } = writes;
  out(
    [
      `acceptance on the lab: exit code ${exitCode}`,
      `audit log: ${requests} requests, ${writes.writes} writes`,
      `namespaces made: ${listOrNone(made)}`,
      `namespaces of other users removed: ${listOrNone(removed)}`,
      `writes outside namespaces that it had made: ${listOrNone(outside)}`,
      `namespaces left: ${listOrNone(left)}; lost: ${listOrNone(lost)}`,
      '',
    ].join('\n'),
  );
  return exitCode === 0 && [removed, outside, left, lost].every(({ length }) => length === 0) ? 0 : 1;
}

const nameOf = ({ metadata }: { readonly metadata?: { readonly name?: string } }): string => metadata?.name ?? '';
const listOrNone = (list: readonly string[]): string => (list.length === 0 ? 'none' : list.join(', '));
