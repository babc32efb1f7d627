import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import type { ShardRecord } from '@meho/core/report/run-report';
import { repositoryRoot } from '@meho/core/repository';
import type { NodeValues } from '../calling/node-flag.ts';
import type { ClusterValues } from '../existing-cluster/cluster-flags.ts';
import type { SubjectValues } from '../subject/subject-flags.ts';

const gitDeadlineMs = 30_000;

/** Shards that are put together have to agree on it. */
export type ShardIdentity = Pick<ShardRecord, 'commit' | 'isDirty' | 'options'>;

/** @throws Problem without a git commit */
export async function shardIdentity(
  values: SubjectValues & ClusterValues & NodeValues & { readonly repeat: number },
): Promise<ShardIdentity> {
  return { ...(await commitOf(repositoryRoot)), options: await optionsOf(values) };
}

export async function commitOf(root: string): Promise<Pick<ShardRecord, 'commit' | 'isDirty'>> {
  const git = async (...args: readonly string[]) =>
    (await run('git', ['-C', root, ...args], { timeoutMs: gitDeadlineMs })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    return { commit, isDirty: (await git('status', '--porcelain', '--untracked-files=no')) !== '' };
  } catch (cause) {
    throw new Problem(
      {
        expected: `${root} to be a git work tree with a commit: shards are put together by it`,
        observed: 'git could not say which',
        next: 'clone the repository with git, or run without --shard',
      },
      { cause },
    );
  }
}

/** What is judged and how, as flags; not where, since each shard may have a cluster and a namespace of its own. */
async function optionsOf(
  values: SubjectValues & ClusterValues & NodeValues & { readonly repeat: number },
): Promise<readonly string[]> {
  const { image, chart, release, objects, repeat, kubeconfig, node, kubernetes } = values;
  const chosen: Readonly<Record<string, string | number | undefined>> = {
    image,
    'git-sha': values['git-sha'],
    chart: path.relative(repositoryRoot, chart).startsWith('..') ? chart : path.relative(repositoryRoot, chart),
    'chart-version': values['chart-version'],
    release,
    // Not by their content, which is secret.
    objects: objects === undefined ? undefined : path.basename(objects.file),
    repeat,
    cluster: kubeconfig === undefined ? 'of its own' : 'existing',
    node,
    kubernetes,
    'ingress-class': values['ingress-class'],
    'bind-role': values['bind-role'],
  };
  const files = await Promise.all(values.values.map(async (file) => `values=${digestOf(await readFile(file))}`));
  return [
    ...Object.entries(chosen).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    ...files,
  ];
}

const digestOf = (content: Buffer) => createHash('sha256').update(content).digest('hex').slice(0, 12);
