import { expect, test } from 'vitest';
import { passesByItself, type Refusal, refusalIn } from './refusal.ts';

/** Said by Docker 20.10 to 29 and containerd. */
test.each<[string, Refusal['kind']]>([
  ['toomanyrequests: You have reached your unauthenticated pull rate limit', 'limited'],
  ['received unexpected HTTP status: 429 Too Many Requests', 'limited'],
  ['Head "https://r.example.com/v2/m/a/manifests/1": no basic auth credentials', 'private'],
  ['unauthorized: authentication required', 'private'],
  [
    'pull access denied for m/a, repository does not exist or may require authorization: server message: denied: x',
    'private',
  ],
  ['manifest for r.example.com/m/a:1 not found: manifest unknown: manifest unknown', 'absent'],
  ['name unknown: repository name not known to registry', 'absent'],
  ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'other-platform'],
  ['Get "https://r.example.com/v2/": x509: certificate signed by unknown authority', 'untrusted'],
  ['Get "https://r.example.com/v2/": http: server gave HTTP response to HTTPS client', 'untrusted'],
  ['unexpected EOF', 'interrupted'],
  ['read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer', 'interrupted'],
  ['received unexpected HTTP status: 503 Service Unavailable', 'interrupted'],
  ['Get "https://r.example.com/v2/": dial tcp: lookup r.example.com: no such host', 'away'],
  ['Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'away'],
  [
    '(HTTP code 500) server error - Get "https://r.example.com/v2/": dial tcp: lookup r.example.com: no such host',
    'away',
  ],
  ['(HTTP code 500) server error - unauthorized: authentication required', 'private'],
  ['(HTTP code 500) server error - something nobody knows', 'other'],
  ['failed to register layer: write /x: no space left on device', 'other'],
])('%s: %s', (said, kind) => {
  const refusal = refusalIn(said, { registry: 'r.example.com', hasCredentials: false });
  expect(refusal.kind).toBe(kind);
  expect(passesByItself(refusal)).toBe(kind === 'limited' || kind === 'interrupted');
  expect(refusal.reason).not.toMatch(/\n|HTTP code/);
});

test('a private image says whether there were credentials, and what to do', () => {
  const said = 'Head "https://r.example.com/v2/m/a/manifests/1": no basic auth credentials';
  expect(refusalIn(said, { registry: 'r.example.com', hasCredentials: false }).reason).toBe(
    "r.example.com asks for credentials or doesn't have it, and Docker's configuration has none: docker login r.example.com (no basic auth credentials)",
  );
  expect(refusalIn(said, { registry: 'r.example.com', hasCredentials: true }).reason).toMatch(/refuses it to those/);
});
