import { expect, test } from 'vitest';
import { withoutFrames } from './container-exit.ts';

/** As `docker logs` has it from the engine: stream, three zeros, length, the piece. */
function frame(stream: 1 | 2, piece: Uint8Array | string): Buffer {
  const body = Buffer.from(piece);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

test('both streams in their order, without headers', () => {
  const framed = [frame(1, 'ready\n'), frame(2, 'a warning\n'), frame(1, ''), frame(1, 'done\n')];
  expect(withoutFrames(Buffer.concat(framed))).toBe('ready\na warning\ndone\n');
  expect(withoutFrames(Buffer.alloc(0))).toBe('');
});

test('a length of more than a byte', () => {
  const long = `${'x'.repeat(70_000)}\n`;
  expect(withoutFrames(Buffer.concat([frame(1, long), frame(1, 'end')]))).toBe(`${long}end`);
});

test('a character that two pieces share', () => {
  const text = Buffer.from('grüße');
  const framed = Buffer.concat([frame(1, text.subarray(0, 3)), frame(1, text.subarray(3))]);
  expect(withoutFrames(framed)).toBe('grüße');
});

test('a piece that is cut off counts as far as it goes', () => {
  const framed = Buffer.concat([frame(1, 'one\n'), frame(1, 'two\n')]);
  expect(withoutFrames(framed.subarray(0, -2))).toBe('one\ntw');
  expect(withoutFrames(framed.subarray(0, 14))).toBe('one\n');
});
