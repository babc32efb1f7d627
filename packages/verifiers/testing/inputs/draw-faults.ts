import fc from 'fast-check';
import { body, hostile } from './draw-text.ts';
import type { Fault, FaultPlan } from './faults.ts';

const statuses = [
  200, 200, 200, 201, 204, 206, 302, 400, 401, 403, 404, 407, 409, 410, 418, 422, 429, 500, 502, 503, 504, 599,
];
const types = ['application/json', 'application/json', 'text/html', 'text/plain', 'application/octet-stream', 'x'];

const rawBytes = fc.oneof(
  fc.constantFrom(
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
    'HTTP/1.1 429 Too Many Requests\r\nretry-after: 99999999\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 429 Too Many Requests\r\nretry-after: -1\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 503 Service Unavailable\r\nretry-after: soon\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde',
    'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nabcde',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n{}',
    'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope',
    `HTTP/1.1 200 OK\r\nx: ${'h'.repeat(100_000)}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(5000)}\r\n`,
    'HTTP/1.1 999 \r\n\r\n',
    'HTTP/0.9 200 OK\r\n\r\n',
    'HTTP/2 200\r\n\r\n',
    'SSH-2.0-OpenSSH_9.6\r\n',
    'HTTP/1.1 200 OK\r\nlocation: \u001b[2J\r\ncontent-length: 0\r\n\r\n',
    '\u0015\u0003\u0001\u0000\u0002\u0002\u0028',
    '',
  ),
  hostile.map((reason) => `HTTP/1.1 500 ${reason}\r\ncontent-length: 0\r\n\r\n`),
  hostile.map(
    (value) => `HTTP/1.1 200 OK\r\nx-request-id: ${value}\r\nserver-timing: ${value}\r\ncontent-length: 2\r\n\r\n{}`,
  ),
);

const then = fc.constantFrom('end' as const, 'reset' as const, 'keep' as const);

/** Faults that cost a full deadline are rarer. */
const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      status: fc.constantFrom(...statuses),
      type: fc.constantFrom(...types),
      body,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('redirect' as const),
      status: fc.constantFrom(301, 302, 307, 308),
      location: fc.oneof(
        hostile,
        fc.constantFrom(
          '/',
          '/healthz',
          'https://elsewhere.example.org/x',
          'http://127.0.0.1:1/',
          '//',
          'javascript:0',
        ),
      ),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes: rawBytes, then }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncated' as const), body }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('echo' as const),
      status: fc.constantFrom(200, 302, 400, 401, 403, 422, 500, 503),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'silence' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('slow' as const), body: fc.constant('{"a":') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('endless' as const),
      piece: fc.constantFrom('x'.repeat(65_536), '{"a":['.repeat(10_000), '\n'.repeat(65_536)),
    }),
  },
);

/** Empty for a sound server. */
export const faults: fc.Arbitrary<readonly FaultPlan[]> = fc.array(
  fc.record({ at: fc.oneof(fc.constant('all' as const), fc.nat(6)), fault }),
  { maxLength: 2 },
);

export const databaseBytes: fc.Arbitrary<readonly string[]> = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...['N', 'S', 'E', 'G', '', '\u0000', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
      'R\u0000\u0000\u0000\u0008\u0000\u0000\u0000\u0000',
      'R\u0000\u0000\u0000\u0008\u0000\u0000\u0000\u0003',
      'R\u0000\u0000\u0000\u0008\u0000\u0000\u0000\u0007',
      'R\u0000\u0000\u0000\u0008\u0000\u0000\u0000\u0009',
      'R\u0000\u0000\u0000\u000a\u0000\u0000\u0000\u0005ab',
      'R\u0000\u0000\u0000\u0017\u0000\u0000\u0000\u000aSCRAM-SHA-256\u0000\u0000',
      'R\u0000\u0000\u0000\u0008\u0000\u0000\u0000\u0000Z\u0000\u0000\u0000\u0005I',
      'R\u007f\u00ff\u00ff\u00ff\u0000\u0000\u0000\u0000',
      'D\u0000\u0000\u0000\u0004',
      'Z\u0000\u0000\u0000\u0005I',
      'C\u0000\u0000\u0000\u000dSELECT 1\u0000',
      'T\u0000\u0000\u0000\u001b\u0000\u0001n\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0014\u0000\u0008\u00ff\u00ff\u00ff\u00ff\u0000\u0000D\u0000\u0000\u0000\u000d\u0000\u0001\u0000\u0000\u0000\u0003NaN',
    ),
    hostile.map((message) => {
      const fields = `SFATAL\u0000C28P01\u0000M${message.replaceAll('\u0000', '')}\u0000\u0000`;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(fields, 'latin1') + 4);
      return `E${length.toString('latin1')}${fields}`;
    }),
    hostile,
  ),
  { maxLength: 4 },
);
