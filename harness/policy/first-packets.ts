import { randomBytes } from 'node:crypto';
import type { KubeApi } from '../kube/api.ts';
import { untilDone } from '../kube/clean-up.ts';
import { networkPolicies, type Pod, pathOf, pods } from '../kube/resource.ts';
import { holds, never, notYet, waitFor } from '../wait/wait-for.ts';
import type { Answer, Observed } from './matrix.ts';
import { answersIn, argumentOf, type Question } from './probe/ask.ts';
import type { Guest } from './probe/guest.ts';

/** What a new pod saw from its first packet on, in one direction of its policy. */
export interface Opening {
  /** The answers in their order; the first is that to the pod's first packet. */
  readonly answers: readonly Answer[];
  /** For how long they were not as the policy says, from the first packet on, in milliseconds; 0: never. */
  readonly wrongForMs: number;
  /** False where the last answer was still wrong. */
  readonly ended: boolean;
}

export interface FirstPackets {
  /** Where the pod's policy, which was there before it, doesn't let it go. */
  readonly forbidden: Opening;
  /** Where it does. */
  readonly allowed: Opening;
}

export interface FirstPacketOptions {
  readonly from: Guest;
  readonly to: Guest;
  readonly image: string;
  readonly ownLabels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** One after the other, each with the pod's first packets of its own process. */
const containers = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;
const deadlineMs = 90_000;
const probeTimeoutMs = 400;

/**
 * Starts a pod whose policy is there already and which does nothing but ask, from its first instruction on: of one port
 * of a guest that its policy names, and of one that it doesn't name.
 */
export async function firstPackets(api: KubeApi, options: FirstPacketOptions): Promise<FirstPackets> {
  const { from, to, signal } = options;
  const { namespace } = from.pod;
  const name = `newcomer-${randomBytes(3).toString('hex')}`;
  const labels = { newcomer: name };
  const [allowed, forbidden] = ([8000, 5432] as const).map((port) => ({
    host: to.pod.ip,
    port,
    protocol: 'TCP' as const,
  }));
  if (allowed === undefined || forbidden === undefined) {
    throw new Error('two ports were named');
  }
  const egress = [
    { to: [{ podSelector: {}, namespaceSelector: {} }], ports: [{ port: allowed.port, protocol: 'TCP' }] },
  ];
  const spec = { podSelector: { matchLabels: labels }, policyTypes: ['Egress'], egress };
  await using back = new AsyncDisposableStack();
  back.defer(() => api.delete(networkPolicies, namespace, name, untilDone));
  await api.create(networkPolicies, namespace, { metadata: { name }, spec }, { signal });
  back.defer(() => api.delete(pods, namespace, name, untilDone));
  await api.create(pods, namespace, manifest(name, labels, [forbidden, allowed], options), { signal });
  await waitFor(
    `pod ${namespace}/${name} to have asked`,
    async (probeSignal) => {
      const { status } = await api.get(pods, namespace, name, { signal: probeSignal });
      const phase = status?.phase ?? 'no status';
      return phase === 'Succeeded' ? holds(undefined) : phase === 'Failed' ? never(phase) : notYet(phase);
    },
    { deadlineMs, intervalMs: 200, signal },
  );
  const logs = await Promise.all(
    containers.map((container) =>
      api.text(`${pathOf(pods, namespace, name)}/log?container=${container}&timestamps=true`, { signal }),
    ),
  );
  const seen = logs.map(readLog);
  return {
    forbidden: openingOf(
      seen.map(([first]) => first),
      (answer) => answer === 'timed out' || answer === 'refused',
    ),
    allowed: openingOf(
      seen.map(([, second]) => second),
      (answer) => answer === 'connected',
    ),
  };
}

/** An answer and when its first packet was sent, in milliseconds since 1970. */
export interface Sent {
  readonly answer: Answer;
  readonly atMs: number;
}

/** A line of the log with its time for each question. @throws Error where the probe printed anything else */
export function readLog(log: string): readonly Sent[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const split = lines.map((line) => ({
    at: Date.parse(line.slice(0, line.indexOf(' '))),
    text: line.slice(line.indexOf(' ') + 1),
  }));
  const answers: readonly Observed[] = answersIn({ exitCode: 0, output: split.map(({ text }) => text).join('\n') }, 2);
  return answers.map(({ answer, tookMs, evidence }, index) => {
    const { at } = split[index] ?? { at: Number.NaN };
    if (Number.isNaN(at) || answer === 'could not probe') {
      throw new Error(`the new pod's probe said nothing of use: ${evidence}: ${log.slice(0, 300)}`);
    }
    return { answer, atMs: at - tookMs };
  });
}

/** How long it was wrong from the first packet on: until the first packet whose answer, and all after it, are right. */
export function openingOf(sent: readonly (Sent | undefined)[], isRight: (answer: Answer) => boolean): Opening {
  const all = sent.filter((each) => each !== undefined);
  const [first] = all;
  if (first === undefined) {
    throw new Error('a new pod asked nothing');
  }
  const lastWrong = all.findLastIndex(({ answer }) => !isRight(answer));
  const end = all[lastWrong + 1] ?? all.at(-1) ?? first;
  return {
    answers: all.map(({ answer }) => answer),
    wrongForMs: lastWrong < 0 ? 0 : end.atMs - first.atMs,
    ended: lastWrong < all.length - 1,
  };
}

function manifest(
  name: string,
  labels: Readonly<Record<string, string>>,
  questions: readonly Question[],
  { image, ownLabels }: FirstPacketOptions,
): Pod {
  const [last, ...before] = containers.toReversed();
  const container = (own: string) => ({
    name: own,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['ask', '-timeout', `${probeTimeoutMs}ms`, ...questions.map(argumentOf)],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  });
  return {
    metadata: { name, labels: { ...ownLabels, ...labels } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      initContainers: before.toReversed().map(container),
      containers: last === undefined ? [] : [container(last)],
    },
  };
}
