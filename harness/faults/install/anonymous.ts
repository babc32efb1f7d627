import { besideOthers, type Fault } from '../fault.ts';
import { front, header, type Rewrite, silent, status } from '../front.ts';

function fault(id: string, title: string, says: RegExp, anonymous: Rewrite): Fault {
  return {
    id: `anonymous-${id}`,
    title: `without a token: ${title}`,
    expectRed: ['anonymous-refused'],
    says,
    inject: (context) => front(context, { anonymous }),
  };
}

function requestId(id: string, title: string, says: RegExp, anonymous: Rewrite): Fault {
  return { ...fault(id, title, says, anonymous), id: `request-id-${id}`, expectRed: ['request-id'] };
}

/** Checks 5 and 6: status 401, and an id by which to find the answer in the log. */
export const anonymous: readonly Fault[] = besideOthers([
  fault('200', '200', /authentication is open/, status(200)),
  fault('500', '500', /the backplane is down/, status(500)),
  fault('503', '503', /the backplane is down/, status(503)),
  fault('403', '403', /\b403\b/, status(403)),
  fault('redirect', 'a redirect to a login', /redirect/, status(302, { location: 'https://login.example.com/' })),
  fault('slow', 'no answer', /sent no answer within/, silent),
  requestId('missing', 'no X-Request-ID', /no such header/, header('x-request-id', undefined)),
  requestId('empty', 'an empty X-Request-ID', /an empty one/, header('x-request-id', '')),
  requestId('blank', 'a blank X-Request-ID', /an empty one/, header('x-request-id', ' ')),
]);
