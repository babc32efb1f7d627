import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { backplaneOn } from '../../release/install/cold-install.ts';
import { backplanePod, connectToPod } from '../../release/smoke/backplane-pod.ts';
import { type SmokeFault, smokeFaults } from '../../release/smoke/smoke-faults.ts';
import { type Fault, injection, type ReleaseContext } from '../fault.ts';
import { recovered } from '../release-objects.ts';

const unreadyDeadlineMs = 60_000;

/** Real components are taken away. */
export const takenAway: readonly Fault[] = smokeFaults.map((fault) => ({
  id: fault.title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  title: fault.title,
  expectRed: [fault.red],
  // Says what was seen, then where to look.
  says: new RegExp(`${fault.word.source}.*; .*${fault.hint.source}`),
  inject: (context) => take(fault, context),
}));

async function take(fault: SmokeFault, context: ReleaseContext) {
  const { environment, installed, signal } = context;
  const { target } = installed;
  await using stack = new AsyncDisposableStack();
  // Issued first: the fault may remove the issuer.
  const env = { MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind: 'sound' }) };
  const door =
    fault.via === 'pod'
      ? stack.use(await connectToPod(environment, target, await backplanePod(environment, target, signal)))
      : undefined;
  stack.defer(() => recovered(context));
  stack.use(await fault.inject(environment, target, signal));
  if (fault.unready.length > 0) {
    await outOfService(context);
  }
  const resources = stack.move();
  return injection(() => resources.disposeAsync(), {
    env,
    ...(door === undefined ? {} : { flags: { backplane: door.origin.href, 'connect-to': undefined } }),
  });
}

/** Waits for the Service to drop the pod: before that, the same fault could look different. */
async function outOfService({ environment, installed, signal }: ReleaseContext): Promise<void> {
  await waitFor(
    'the pod to be out of the Service',
    async (probeSignal) => {
      using backplane = backplaneOn(environment, installed.target);
      const reply = await backplane.get('/healthz', probeSignal);
      return reply.kind === 'answer' && reply.status !== 200
        ? holds(undefined)
        : notYet(reply.kind === 'none' ? reply.error.observed : `/healthz answers ${reply.status}`);
    },
    { deadlineMs: unreadyDeadlineMs, intervalMs: 100, signal },
  );
}
