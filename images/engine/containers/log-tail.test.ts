import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { LogTail } from './log-tail.ts';

test('keeps the last lines only, oldest first', () => {
  const tail = new LogTail(2);
  tail.append('one\ntwo\nthree\n');
  expect(tail.last(10)).toBe('two\nthree');
  expect(tail.last(1)).toBe('three');
});

test('joins lines that come in pieces and shows one that never ended', () => {
  const tail = new LogTail();
  tail.append('fatal: no sp');
  tail.append('ace left\r\nbye');
  expect(tail.last(2)).toBe('fatal: no space left\nbye');
});

test('says so when there was no log at all', () => {
  expect(new LogTail().last(5)).toBe('(no log)');
});

test('a stream that breaks keeps what came before', async () => {
  const tail = new LogTail();
  const stream = new Readable({ read: () => undefined });
  tail.follow(stream);
  stream.push('last words\n');
  stream.once('data', () => stream.destroy(new Error('socket closed')));
  await finished(stream).catch(() => undefined);
  expect(tail.last(5)).toBe('last words');
});
