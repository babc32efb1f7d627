import type { Rule } from './rule.ts';

export const lockWithoutTimeout = {
  id: 'lock-without-timeout',
  group: 'availability',
  severity: 'warning',
  title: 'Strong lock without lock_timeout',
  reason:
    'While the statement waits behind a long transaction, every read and write of image N queues behind the statement.',
  safeWay: "SET lock_timeout = '5s' before it and retry (or --assume-lock-timeout where the runner sets it).",
} as const satisfies Rule;
