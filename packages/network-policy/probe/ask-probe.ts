import { messageOf } from '@meho/core/problem';
import type { KubeApi } from '@meho/kube/api/api';
import { execInPod, type PodAnswer } from '@meho/kube/workloads/exec';
import type { Observed, Obstacle, ProbeAnswer, Target } from '../matrix.ts';

/** A container with the probe, which asks from its pod's network namespace. */
export interface ProbeContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export type Question = Pick<Target, 'host' | 'port' | 'protocol'>;

export interface AskOptions {
  /** Per target, all at the same time; must survive a lost packet or two. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** For the API server and kubelet, besides the probes. */
const execMarginMs = 20_000;
/** A name gets its own share of the time. */
const shares = 2;

/**
 * Probes all targets at once and returns the answers in order. If the probe can't run, every answer is `could not
 * probe` with the reason; throws only when aborted.
 */
export async function askProbe(
  api: KubeApi,
  container: ProbeContainer,
  questions: readonly Question[],
  { timeoutMs, signal }: AskOptions,
): Promise<readonly Observed[]> {
  if (questions.length === 0) {
    return [];
  }
  const command = ['/probe', 'ask', '-timeout', `${timeoutMs}ms`, ...questions.map(targetArgument)];
  const deadline = AbortSignal.timeout(timeoutMs * shares + execMarginMs);
  const started = performance.now();
  try {
    const answer = await execInPod(api, { ...container, command }, AbortSignal.any([signal, deadline]));
    return parseAnswers(answer, questions.length);
  } catch (error) {
    signal.throwIfAborted();
    const tookMs = performance.now() - started;
    const evidence = `${container.namespace}/${container.pod}, container ${container.container}: ${messageOf(error)}`;
    return questions.map(() => unasked('not run', evidence, tookMs));
  }
}

/** @throws like execInPod */
export function runProbe(
  api: KubeApi,
  container: ProbeContainer,
  command: readonly string[],
  signal: AbortSignal,
): Promise<PodAnswer> {
  return execInPod(api, { ...container, command: ['/probe', ...command] }, signal);
}

export function targetArgument({ host, port, protocol }: Question): string {
  return `${protocol.toLowerCase()}/${port}/${host}`;
}

/** False for an answer that is missing or could not be probed. */
export function matchesDecision(seen: Pick<Observed, 'answer'> | undefined, allowed: boolean): boolean {
  const answer = seen?.answer;
  return allowed ? answer === 'connected' : answer === 'timed out' || answer === 'refused';
}

interface Line {
  readonly answer: ProbeAnswer;
  readonly obstacle?: Obstacle;
  readonly tookMs: number;
  readonly evidence: string;
}

const answers: readonly ProbeAnswer[] = ['connected', 'timed out', 'refused', 'could not probe'];

/** One JSON line per target; any other output means nothing was probed. */
export function parseAnswers({ exitCode, output }: PodAnswer, expected: number): readonly Observed[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  const read = lines.flatMap((line) => readLine(line) ?? []);
  if (exitCode === 0 && read.length === expected) {
    return read;
  }
  const isMissing = exitCode === 126 || exitCode === 127 || /no such file|not found/.test(output);
  const evidence = `exit code ${exitCode}, ${read.length} of ${expected} answers: ${output.slice(0, 300)}`;
  return Array.from({ length: expected }, () =>
    unasked(isMissing ? 'no such program' : 'no answer of the probe', evidence, 0),
  );
}

function readLine(line: string): Observed | undefined {
  try {
    const { answer, obstacle, tookMs, evidence }: Line = JSON.parse(line);
    return answers.includes(answer)
      ? { answer, tookMs, evidence, ...(obstacle === undefined ? {} : { obstacle }) }
      : undefined;
  } catch {
    // A truncated line: the count shows it.
    return undefined;
  }
}

function unasked(obstacle: Obstacle, evidence: string, tookMs: number): Observed {
  return { answer: 'could not probe', obstacle, evidence, tookMs };
}
