import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { selectorOf } from '@meho/helm/subject';
import { pods } from '@meho/kube/api/resource';
import type { Environment } from '../environment/environment.ts';
import type { JudgedImage } from '../environment/judged-image.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { backplaneOn } from './cold-install.ts';

const deadlineMs = 30_000;
/** As many requests as rollback-verify makes. */
const asks = 10;

/** A terminating pod serves on until the ingress controller notices, which Helm doesn't wait for. */
export async function waitForOnlyBuild(
  environment: Environment,
  target: InstallTarget,
  gitSha: string,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    `only ${gitSha} to answer`,
    async (probeSignal) => {
      using backplane = backplaneOn(environment, target);
      const replies = Array.from({ length: asks }, () => backplane.getAfresh('/version', probeSignal));
      const told = (await Promise.all(replies)).map((reply) =>
        reply.kind === 'answer' ? reply.body : reply.error.observed,
      );
      const other = told.find((body) => !body.includes(gitSha));
      return other === undefined ? holds(undefined) : notYet(other);
    },
    { deadlineMs, intervalMs: 200, signal },
  );
}

/** Waits for an image's last pod to go: then no request to it can be lost. */
export async function waitForNoPodOf(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  { repository, tag }: JudgedImage,
  signal: AbortSignal,
): Promise<void> {
  const labels = selectorOf({ namespace, release: request.subject.release }, 'backplane');
  await waitFor(
    `the last pod of ${tag} to be gone`,
    async () => {
      const { items } = await api.list(pods, { namespace, labels }, { signal });
      const left = items.filter(({ spec }) => spec?.containers.some(({ image }) => image === `${repository}:${tag}`));
      return left.length === 0 ? holds(undefined) : notYet(left.map(({ metadata }) => metadata?.name).join(', '));
    },
    { deadlineMs, intervalMs: 250, signal },
  );
}
