import { besideOthers, type Fault } from '../fault.ts';
import { body, cutOff, front, huge, type Rewrite, silent, stalled, status } from '../front.ts';

function fault(id: string, title: string, says: RegExp, healthz: Rewrite): Fault {
  return {
    id: `healthz-${id}`,
    title: `/healthz ${title}`,
    expectRed: ['healthz'],
    says,
    inject: (context) => front(context, { healthz }),
  };
}

/** Check 3: only 200 passes. */
export const healthz: readonly Fault[] = besideOthers([
  fault('500', 'answers 500', /\b500\b/, status(500)),
  fault('503', 'answers 503', /\b503\b/, status(503)),
  fault('404', 'answers 404', /\b404\b/, status(404)),
  fault('204', 'answers 204', /\b204\b/, status(204)),
  fault(
    'redirect',
    'redirects',
    /redirect to https:\/\/login/,
    status(302, { location: 'https://login.example.com/' }),
  ),
  fault('slow', 'sends no answer', /sent no answer within/, silent),
  fault('stalled', 'sends the head only', /not complete within/, stalled),
  fault('cut-off', 'is cut off in the middle', /closed the connection|aborted/, cutOff),
  fault('huge', 'sends two megabytes', /sent more than/, huge),
  fault('maintenance', 'answers 503 with a page of a proxy', /\b503\b/, (answer, response) =>
    body('<h1>Maintenance</h1>', 'text/html')({ ...answer, status: 503 }, response),
  ),
]);
