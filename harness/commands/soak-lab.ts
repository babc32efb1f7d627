import path from 'node:path';
import type { Writes } from '../cluster/audit-log.ts';
import { namespaces } from '../kube/resource.ts';
import { run } from '../process/run.ts';
import { out } from '../report/output.ts';
import { repositoryRoot } from '../repository.ts';
import { startLab } from '../testing/lab.ts';
import { labFlags } from '../testing/lab-flags.ts';
import { atRest } from '../testing/lab-state.ts';
import { toggle } from '../verifiers/flags.ts';
import type { CommandContext } from './command.ts';
import { readInput } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { suiteFlags } from './suite-flags.ts';

export const labSoakFlags = {
  ...suiteFlags,
  'own-services': toggle('start Postgres, Vault and OpenID beside the lab, instead of using those it has'),
};

const namespace = 'meho-ci-nightly';
const timeoutMs = 60 * 60_000;

interface Night {
  readonly exitCode: number;
  readonly writes: Writes;
  /** Namespaces that are there afterwards and were not before. */
  readonly left: readonly string[];
  /** Namespaces that were there before, and are not any more. */
  readonly lost: readonly string[];
}

/** The lab's night: what its identity did to the cluster is read from the whole audit log, not from what the run says. */
export async function soakLab(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(labSoakFlags, args);
  const { progress, signal } = context;
  const night = await ownedRun(context, async ({ labels }): Promise<Night> => {
    await prepare(settings, context);
    await using lab = await progress.step('a lab of others', () => startLab({ labels, progress, signal }));
    const spaces = async () => (await lab.admin.listMetadata(namespaces, {})).items.map(nameOf);
    // What the cluster still removes by itself would look like the suite's doing.
    await atRest(lab.admin);
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
      `namespaces made: ${told(made)}`,
      `namespaces of others removed: ${told(removed)}`,
      `writes outside namespaces that it had made: ${told(outside)}`,
      `namespaces left: ${told(left)}; lost: ${told(lost)}`,
      '',
    ].join('\n'),
  );
  return exitCode === 0 && [removed, outside, left, lost].every(({ length }) => length === 0) ? 0 : 1;
}

const nameOf = ({ metadata }: { readonly metadata?: { readonly name?: string } }): string => metadata?.name ?? '';
const told = (list: readonly string[]): string => (list.length === 0 ? 'none' : list.join(', '));
