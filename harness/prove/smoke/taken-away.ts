import { backplanePod, openPod } from '../../environment/backplane-pod.ts';
import { backplaneOn } from '../../environment/cold-install.ts';
import { type SmokeFault, smokeFaults } from '../../environment/smoke-faults.ts';
import { holds, notYet, waitFor } from '../../wait/wait-for.ts';
import { recovered } from '../release-objects.ts';
import { type Fault, injected, type ProveContext } from '../story.ts';

const unreadyDeadlineMs = 60_000;

/** The smoke's own faults, as the suite has them: real things taken away. */
export const takenAway: readonly Fault[] = smokeFaults.map((fault) => ({
  id: fault.title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  title: fault.title,
  expectRed: [fault.red],
  // A red line holds first what was seen, then where to look.
  says: new RegExp(`${fault.word.source}.*; .*${fault.hint.source}`),
  inject: (context) => take(fault, context),
}));

async function take(fault: SmokeFault, context: ProveContext) {
  const { environment, installed, signal } = context;
  const { site } = installed;
  await using stack = new AsyncDisposableStack();
  // Minted before: the issuer itself may be what is taken away.
  const env = { MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind: 'sound' }) };
  const door =
    fault.via === 'pod'
      ? stack.use(await openPod(environment, site, await backplanePod(environment, site, signal)))
      : undefined;
  stack.defer(() => recovered(context));
  stack.use(await fault.inject(environment, site, signal));
  if (fault.unready.length > 0) {
    await outOfService(context);
  }
  const resources = stack.move();
  return injected(() => resources.disposeAsync(), {
    env,
    ...(door === undefined ? {} : { flags: { backplane: door.origin.href, 'connect-to': undefined } }),
  });
}

/** Until the ingress controller has no pod to send anybody to: looked at earlier, the same fault has two faces. */
async function outOfService({ environment, installed, signal }: ProveContext): Promise<void> {
  await waitFor(
    'the pod to be out of the Service',
    async (probeSignal) => {
      using backplane = backplaneOn(environment, installed.site);
      const reply = await backplane.get('/healthz', probeSignal);
      return reply.kind === 'answer' && reply.status !== 200
        ? holds(undefined)
        : notYet(reply.kind === 'none' ? reply.error.observed : `/healthz answers ${reply.status}`);
    },
    { deadlineMs: unreadyDeadlineMs, intervalMs: 100, signal },
  );
}
