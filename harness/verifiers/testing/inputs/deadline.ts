import type { Input } from './draw.ts';

/**
 * What a run may take by its own flags, in milliseconds: its questions come one after the other, each with the deadline
 * that it was given, and routes of an ingress are waited for.
 */
export function deadlineOf({ command, args }: Pick<Input, 'command' | 'args'>): number {
  const { questions, answerMs, moreMs } = patience[command];
  const given = args.lastIndexOf('--request-timeout');
  const asked = given < 0 ? Number.NaN : Number(args[given + 1]) * 1000;
  return questions * (asked > 0 ? asked : answerMs) + moreMs;
}

interface Patience {
  /** How many may go without an answer, one after the other. */
  readonly questions: number;
  /** For an answer where no flag says it. */
  readonly answerMs: number;
  readonly moreMs: number;
}

const verifier: Patience = { questions: 10, answerMs: 10_000, moreMs: 15_000 };
const patience: Readonly<Record<Input['command'], Patience>> = {
  'install-verify': verifier,
  smoke: verifier,
  'rollback-verify': verifier,
  login: { questions: 3, answerMs: 10_000, moreMs: 5_000 },
  'green-counter': { questions: 10, answerMs: 30_000, moreMs: 5_000 },
  'migration-compat': { questions: 0, answerMs: 0, moreMs: 10_000 },
  'targets-verify': { questions: 0, answerMs: 0, moreMs: 5_000 },
  'rke2-access': { questions: 30, answerMs: 10_000, moreMs: 30_000 },
  reap: { questions: 1, answerMs: 15_000, moreMs: 15_000 },
  'network-policy': { questions: 10, answerMs: 15_000, moreMs: 30_000 },
  'pr-smoke': { questions: 1, answerMs: 15_000, moreMs: 15_000 },
};
