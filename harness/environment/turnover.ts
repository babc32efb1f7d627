import { selectorOf } from '../contract/subject.ts';
import { pods } from '../kube/resource.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { backplaneOn } from './cold-install.ts';
import type { Environment } from './environment.ts';
import type { JudgedImage } from './judged-image.ts';
import type { Site } from './site.ts';

const deadlineMs = 30_000;
/** As often as rollback-verify asks: no replica of another build may be among those that answer. */
const asks = 10;

/**
 * Until one build answers and no other. A pod that was told to stop serves on while the ingress controller finds out, so
 * that no request is lost; Helm doesn't wait for that.
 */
export async function onlyAnswers(
  environment: Environment,
  site: Site,
  gitSha: string,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    `only ${gitSha} to answer`,
    async (probeSignal) => {
      using backplane = backplaneOn(environment, site);
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

/** Until the last pod of an image is gone: from then on nothing that it had under way can be lost. */
export async function noPodOf(
  { api, request }: Environment,
  { namespace }: Site,
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
