import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { sourceIdentity } from '@meho/images/recipes/backplane/identity';
import { stringify } from 'yaml';
import { splitReference } from '../release/environment/judged-image.ts';
import type { Lab } from './lab.ts';

/** All flags except where services are. */
export async function labFlags(
  { things, folder, kubeconfig, ingress }: Lab,
  namespace: string,
): Promise<readonly string[]> {
  const values = path.join(folder, 'lab-values.yaml');
  await writeFile(
    values,
    stringify({
      broadcast: { image: splitReference(things.image('valkey').reference) },
      probes: { readiness: { initialDelaySeconds: 1, periodSeconds: 1 } },
    }),
  );
  // As nightly-rke2.yml does.
  const overlay = path.join(repositoryRoot, 'charts', 'values', 'rke2.yaml');
  const { gitSha } = await sourceIdentity(repositoryRoot);
  return [
    ...['--kubeconfig', kubeconfig, '--context', 'lab', '--bind-role', 'meho-ci-namespace'],
    ...['--namespace', namespace],
    ...['--image', things.image('backplane').reference, '--git-sha', gitSha],
    ...['--values', overlay, '--values', values],
    ...['--ingress-class', ingress.className, '--ingress-namespace', ingress.namespace],
    ...['--ingress-address', ingress.address],
  ];
}
