import { expect, test } from 'vitest';
import { portIn } from './registry.ts';

test.each([
  ['{"level":"info","msg":"listening on 127.0.0.1:40193, tls","time":"2026-11-30T00:00:00Z"}', 40_193],
  // Without TLS it would be another registry than was asked for.
  ['{"level":"info","msg":"listening on 127.0.0.1:40193","time":"2026-11-30T00:00:00Z"}', undefined],
  ['{"level":"info","msg":"listening on [::]:40193, tls"}', undefined],
  ['redis not configured', undefined],
])('%s: it listens to %s', (line, port) => {
  expect(portIn(line)).toBe(port);
});
