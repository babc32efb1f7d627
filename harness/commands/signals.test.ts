import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { endingSignalsOf } from './signals.ts';

test('a reader that has gone away is SIGPIPE; one of the system, which sockets cause as well, is not listened to', () => {
  const output = new PassThrough();
  const before = process.listenerCount('SIGPIPE');
  const signals = endingSignalsOf(process, [output]);
  const met: string[] = [];
  const listener = (signal: string) => met.push(signal);
  signals.on('SIGPIPE', listener);
  expect(process.listenerCount('SIGPIPE')).toBe(before);
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  signals.off('SIGPIPE', listener);
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(met).toEqual(['SIGPIPE']);
});

test('the others are those of the process', () => {
  const before = process.listenerCount('SIGHUP');
  const signals = endingSignalsOf(process, []);
  const listener = () => undefined;
  signals.on('SIGHUP', listener);
  expect(process.listenerCount('SIGHUP')).toBe(before + 1);
  signals.off('SIGHUP', listener);
  expect(process.listenerCount('SIGHUP')).toBe(before);
});
