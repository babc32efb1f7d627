import type { IncomingMessage, ServerResponse } from 'node:http';

/** Data, so that it can be drawn, printed and replayed. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'bytes'; readonly bytes: string; readonly then: 'end' | 'reset' | 'keep' }
  | { readonly kind: 'truncated'; readonly body: string }
  | { readonly kind: 'silence' }
  | { readonly kind: 'slow'; readonly body: string }
  | { readonly kind: 'endless'; readonly piece: string }
  | { readonly kind: 'echo'; readonly status: number };

/** Bounds an endless answer. */
const MOST_PIECES = 1024;

function misbehave(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const reset = () => socket.destroy();
  response.on('error', reset);
  switch (fault.kind) {
    case 'answer':
      response.writeHead(fault.status, { 'content-type': fault.type }).end(fault.body);
      return;
    case 'redirect':
      socket.end(
        `HTTP/1.1 ${fault.status} Found\r\nlocation: ${fault.location}\r\ncontent-length: 0\r\n\r\n`,
        'latin1',
      );
      return;
    case 'bytes':
      socket.write(fault.bytes, 'latin1', () => {
        if (fault.then === 'end') {
          socket.end();
        } else if (fault.then === 'reset') {
          reset();
        }
      });
      return;
    case 'truncated':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': fault.body.length + 1000 });
      response.write(fault.body, reset);
      return;
    case 'silence':
      return;
    case 'slow': {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': fault.body.length + 1000 });
      const drip = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drip));
      return;
    }
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      pour(response, fault.piece, MOST_PIECES);
      return;
    case 'echo':
      response.writeHead(fault.status, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ ...request.headers, message: request.headers.authorization ?? '', detail: request.url }),
      );
  }
}

function pour(response: ServerResponse, piece: string, left: number): void {
  if (left === 0 || response.destroyed) {
    response.destroy();
    return;
  }
  response.write(piece, () => pour(response, piece, left - 1));
}

/** By request number. */
export interface FaultPlan {
  readonly at: 'all' | number;
  readonly fault: Fault;
}

/** @returns a function that returns true if it has answered */
export function faultsOf(plans: readonly FaultPlan[]) {
  let asked = 0;
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const number = asked;
    asked += 1;
    const met = plans.find(({ at }) => at === 'all' || at === number);
    if (met !== undefined) {
      misbehave(met.fault, request, response);
    }
    return met !== undefined;
  };
}
