import type { Input } from './draw.ts';

/** Adds up sequential requests with a deadline each, and the wait for ingress routes. */
export function deadlineOf({ command, args }: Pick<Input, 'command' | 'args'>): number {
  const { questions, answerMs, moreMs } = patience[command];
  const given = args.lastIndexOf('--request-timeout');
  const asked = given < 0 ? Number.NaN : Number(args[given + 1]) * 1000;
  return questions * (asked > 0 ? asked : answerMs) + moreMs;
}

interface Patience {
  /** How many sequential requests may go unanswered. */
  readonly questions: number;
  /** Applies if no flag sets it. */
  readonly answerMs: number;
  readonly moreMs: number;
}

const verifier: Patience = { questions: 10, answerMs: 10_000, moreMs: 15_000 };
const patience: Readonly<Record<Input['command'], Patience>> = {
  'install-verify': verifier,
  smoke: verifier,
  'rollback-verify': verifier,
  fleet: verifier,
  login: { questions: 3, answerMs: 10_000, moreMs: 5_000 },
  'green-counter': { questions: 10, answerMs: 30_000, moreMs: 5_000 },
  'migration-compat': { questions: 0, answerMs: 0, moreMs: 10_000 },
  'targets-verify': { questions: 0, answerMs: 0, moreMs: 5_000 },
  'rke2-access': { questions: 30, answerMs: 10_000, moreMs: 30_000 },
  reap: { questions: 1, answerMs: 15_000, moreMs: 15_000 },
  'network-policy': { questions: 10, answerMs: 15_000, moreMs: 30_000 },
  'pr-smoke': { questions: 1, answerMs: 15_000, moreMs: 15_000 },
};
