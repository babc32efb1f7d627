import type { KubeApi } from '../../kube/api.ts';
import { execInPod, type PodAnswer } from '../../kube/exec.ts';
import { messageOf } from '../../problem.ts';
import type { Answer, Observed, Obstacle, Target } from '../matrix.ts';

/** A container with the probe in it: what it asks, is asked in the network namespace of its pod. */
export interface Stand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a probe asks. */
export type Question = Pick<Target, 'host' | 'port' | 'protocol'>;

export interface AskOptions {
  /** For each target, in milliseconds; it bears a lost packet or two, and all targets are asked at the same time. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How long the API server and the kubelet may take over a command, in milliseconds, beside the probes themselves. */
const execMarginMs = 20_000;
/** A name has its time before the target has its own. */
const shares = 2;

/**
 * Asks all targets at once from one place and gives the answers in their order. What keeps the probe from being run
 * makes every answer `could not probe`, with the reason; only being called off throws.
 */
export async function ask(
  api: KubeApi,
  stand: Stand,
  questions: readonly Question[],
  { timeoutMs, signal }: AskOptions,
): Promise<readonly Observed[]> {
  if (questions.length === 0) {
    return [];
  }
  const command = ['/probe', 'ask', '-timeout', `${timeoutMs}ms`, ...questions.map(argumentOf)];
  const deadline = AbortSignal.timeout(timeoutMs * shares + execMarginMs);
  const started = performance.now();
  try {
    const answer = await execInPod(api, { ...stand, command }, AbortSignal.any([signal, deadline]));
    return answersIn(answer, questions.length);
  } catch (error) {
    signal.throwIfAborted();
    const tookMs = performance.now() - started;
    const evidence = `${stand.namespace}/${stand.pod}, container ${stand.container}: ${messageOf(error)}`;
    return questions.map(() => unasked('not run', evidence, tookMs));
  }
}

/** Runs another command of the probe. @throws as execInPod does */
export function tell(api: KubeApi, stand: Stand, command: readonly string[], signal: AbortSignal): Promise<PodAnswer> {
  return execInPod(api, { ...stand, command: ['/probe', ...command] }, signal);
}

export function argumentOf({ host, port, protocol }: Question): string {
  return `${protocol.toLowerCase()}/${port}/${host}`;
}

/** Whether an answer is what an open or a closed flow gives. What could not be probed, or was not, is as nothing. */
export function isAs(seen: Pick<Observed, 'answer'> | undefined, allowed: boolean): boolean {
  const answer = seen?.answer;
  return allowed ? answer === 'connected' : answer === 'timed out' || answer === 'refused';
}

interface Line {
  readonly answer: Answer;
  readonly obstacle?: Obstacle;
  readonly tookMs: number;
  readonly evidence: string;
}

const answers: readonly Answer[] = ['connected', 'timed out', 'refused', 'could not probe'];

/** Reads a JSON line for each target; where the program isn't there or says anything else, nothing was probed. */
export function answersIn({ exitCode, output }: PodAnswer, expected: number): readonly Observed[] {
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
    // Half a line: the count tells.
    return undefined;
  }
}

function unasked(obstacle: Obstacle, evidence: string, tookMs: number): Observed {
  return { answer: 'could not probe', obstacle, evidence, tookMs };
}
