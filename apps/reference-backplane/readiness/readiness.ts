import { classOf, NamedError } from '../error-class.ts';
import type { ProbeName } from '../settings/settings.ts';

export type Finding =
  | { readonly ok: true; readonly detail?: string }
  | { readonly ok: false; readonly reason: string; readonly error?: unknown };

export interface Probe {
  readonly name: ProbeName;
  readonly look: () => Promise<Finding>;
}

/** `detail` never contains an error's message, which could reveal internals to strangers. */
interface ProbeResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string | null;
}

export interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly checks: readonly ProbeResult[];
}

/** The kubelet's readiness timeout is 2 s by default (seed, "Probes"). */
const PROBE_TIMEOUT_MS = 1_500;
/** Shorter than the probe's, so that the answer names the driver's error. */
export const DRIVER_TIMEOUT_MS = 1_200;

/** Receives the whole error, because the log may say what the answer must not. */
export type OnProbeResult = (result: ProbeResult, error: unknown) => void;

/** Runs all probes at once. Without probes it isn't ready, since nothing was checked. */
export async function probeAll(
  probes: readonly Probe[],
  onLook: OnProbeResult = () => undefined,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<Readiness> {
  const checks = await Promise.all(probes.map((probe) => probeOne(probe, onLook, timeoutMs)));
  const isReady = checks.length > 0 && checks.every(({ ok }) => ok);
  return { status: isReady ? 'ready' : 'not_ready', checks };
}

async function probeOne({ name, look }: Probe, onLook: OnProbeResult, timeoutMs: number): Promise<ProbeResult> {
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

/** Concurrent callers share a result: `/ready` is public and must not multiply requests. */
export function shareInFlight<T>(look: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= look().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
