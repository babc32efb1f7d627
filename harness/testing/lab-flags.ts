import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { splitReference } from '../environment/judged-image.ts';
import { sourceIdentity } from '../images/backplane/identity.ts';
import { repositoryRoot } from '../repository.ts';
import type { Lab } from './lab.ts';

/** What the lab's people would call `acceptance` with, but for where the services are, which has more than one answer. */
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
  // Over the overlay that the lab's night uses as well.
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
