import { randomBytes } from 'node:crypto';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { persistentCall } from '@meho/kube/api/clean-up';
import { networkPolicies, type Pod, pathOf, pods } from '@meho/kube/api/resource';
import type { Observed, ProbeAnswer } from './matrix.ts';
import { parseAnswers, type Question, targetArgument } from './probe/ask-probe.ts';
import type { ProbePod } from './probe/probing-pod.ts';
import { restrictedContainer, restrictedPod } from './probe/restricted-pod.ts';

export interface Opening {
  readonly answers: readonly ProbeAnswer[];
  /** From the first packet on; 0 if never wrong. */
  readonly wrongForMs: number;
  /** False if still wrong at the end. */
  readonly ended: boolean;
}

export interface FirstPackets {
  /** To a port that the policy closes. */
  readonly forbidden: Opening;
  /** To a port that it opens. */
  readonly allowed: Opening;
}

export interface FirstPacketOptions {
  readonly from: ProbePod;
  readonly to: ProbePod;
  readonly image: string;
  readonly ownLabels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Run in turn, each with its own first packets. */
const containers = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;
const deadlineMs = 90_000;
const probeTimeoutMs = 400;

/** Starts a pod whose policy already exists and which immediately probes two ports of a guest: one allowed, one not. */
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
  back.defer(() => api.delete(networkPolicies, namespace, name, persistentCall));
  await api.create(networkPolicies, namespace, { metadata: { name }, spec }, { signal });
  back.defer(() => api.delete(pods, namespace, name, persistentCall));
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

/** Sent in milliseconds since 1970. */
export interface Sent {
  readonly answer: ProbeAnswer;
  readonly atMs: number;
}

/** One JSON line per question. @throws Error for any other output */
export function readLog(log: string): readonly Sent[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const split = lines.map((line) => ({
    at: Date.parse(line.slice(0, line.indexOf(' '))),
    text: line.slice(line.indexOf(' ') + 1),
  }));
  const answers: readonly Observed[] = parseAnswers(
    { exitCode: 0, output: split.map(({ text }) => text).join('\n') },
    2,
  );
  return answers.map(({ answer, tookMs, evidence }, index) => {
    const { at } = split[index] ?? { at: Number.NaN };
    if (Number.isNaN(at) || answer === 'could not probe') {
      throw new Error(`the new pod's probe said nothing of use: ${evidence}: ${log.slice(0, 300)}`);
    }
    return { answer, atMs: at - tookMs };
  });
}

/** Counts as wrong until all later answers are right. */
export function openingOf(sent: readonly (Sent | undefined)[], isRight: (answer: ProbeAnswer) => boolean): Opening {
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
    ...restrictedContainer,
    args: ['ask', '-timeout', `${probeTimeoutMs}ms`, ...questions.map(targetArgument)],
  });
  return {
    metadata: { name, labels: { ...ownLabels, ...labels } },
    spec: {
      ...restrictedPod,
      initContainers: before.toReversed().map(container),
      containers: last === undefined ? [] : [container(last)],
    },
  };
}
