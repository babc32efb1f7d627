import { expect, test } from 'vitest';
import { type Cause, causeIn, refusalOf } from './refusal.ts';

// As helm 4.3 and cosign 3.1 write them.
test.each<[Cause, string]>([
  [
    'private',
    'failed to perform "FetchReference" on source: GET "https://r/v2/a/manifests/1.0.0": basic credential not found',
  ],
  [
    'private',
    'authenticating to "r": GET "https://r/v2/": response status code 401: unauthorized: authentication required',
  ],
  ['private', 'GET "https://ghcr.io/token?scope=x": response status code 403: denied: denied'],
  ['absent', 'failed to perform "FetchReference" on source: r/a:9.9.9: not found'],
  ['limited', 'GET "https://r/v2/a/manifests/1.0.0": response status code 429: toomanyrequests: slow down'],
  ['away', 'GET "https://r/v2/a/manifests/1.0.0": response status code 503: unavailable'],
  ['away', 'dial tcp 127.0.0.1:1: connect: connection refused'],
  ['away', 'read tcp 127.0.0.1:59782->127.0.0.1:46029: read: connection reset by peer'],
  ['away', 'read failed: expected content size of 42875, got 500, for digest sha256:cb: unexpected EOF'],
  ['away', 'helm timed out'],
  ['untrusted', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  ['tampered', 'failed to perform "Successors" on source: mismatched digest'],
  ['unsigned', 'no signatures found'],
  ['unknown', 'GET "https://r/v2/a/manifests/0.429.401": something else'],
])('%s: %s', (cause, said) => {
  expect(causeIn(said)).toBe(cause);
});

test('the line is of the error, whatever was said beside it', () => {
  const { message, kind } = refusalOf(
    'r/a:1.0.0',
    'WARNING: x\nError: r/a:1.0.0: not found\nerror during command execution: y\n',
  );
  expect(kind).toBe('absent');
  expect(message).toBe(
    'expected r/a:1.0.0 to be there; seen r/a:1.0.0: not found; next: compare name and version with those that were pushed',
  );
  expect(refusalOf('r', '').message).toMatch(/seen no word of why/);
});
