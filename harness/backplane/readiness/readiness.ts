import { classOf, NamedError } from '../error-class.ts';
import type { ProbeName } from '../settings/settings.ts';

/** What a look at one dependency found: it is fine, or a reason word, with the error where there was one. */
export type Finding =
  | { readonly ok: true; readonly detail?: string }
  | { readonly ok: false; readonly reason: string; readonly error?: unknown };

export interface Probe {
  readonly name: ProbeName;
  readonly look: () => Promise<Finding>;
}

/** One line of the answer. `detail` never holds a message: those tell strangers about the inside. */
export interface ProbeResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string | null;
}

export interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly checks: readonly ProbeResult[];
}

/** The kubelet gives a readiness probe 2 s by default (seed, "Probes"): the answer must be out by then. */
export const PROBE_TIMEOUT_MS = 1_500;
/** What a look gives its driver: less, so that the answer names the driver's error and not just that time was up. */
export const DRIVER_TIMEOUT_MS = 1_200;

/** Told of what each look found, with the whole error: the log may say what the answer must not. */
export type OnLook = (result: ProbeResult, error: unknown) => void;

/** Looks at everything at once, each for at most `timeoutMs`. No probes at all is not ready: nothing was looked at. */
export async function lookAtAll(
  probes: readonly Probe[],
  onLook: OnLook = () => undefined,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<Readiness> {
  const checks = await Promise.all(probes.map((probe) => lookAt(probe, onLook, timeoutMs)));
  const isReady = checks.length > 0 && checks.every(({ ok }) => ok);
  return { status: isReady ? 'ready' : 'not_ready', checks };
}

async function lookAt({ name, look }: Probe, onLook: OnLook, timeoutMs: number): Promise<ProbeResult> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Finding>((resolve) => {
    const error = new NamedError('TimeoutError', `no answer within ${timeoutMs} ms`);
    timer = setTimeout(() => resolve({ ok: false, reason: 'probe_timed_out', error }), timeoutMs);
  });
  const finding = await Promise.race([found(look), tooLate]);
  clearTimeout(timer);
  const result = { name, ok: finding.ok, detail: detailOf(finding) };
  onLook(result, finding.ok ? undefined : finding.error);
  return result;
}

function detailOf(finding: Finding): string | null {
  if (finding.ok) {
    return finding.detail ?? null;
  }
  return finding.error === undefined ? finding.reason : `${finding.reason}: ${classOf(finding.error)}`;
}

async function found(look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { ok: false, reason: 'probe_failed', error };
  }
}

/**
 * Lets callers that ask while a look is under way share its answer: `/ready` is open to everybody, and must not be a way
 * to multiply requests onto the dependencies.
 */
export function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= look().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
