import { expect, test } from 'vitest';
import { isTransport, programName } from './go-program.ts';

test.each([
  ['main.go:3:15: undefined: undefinedThing', false],
  ['go: updates to go.mod needed', false],
  ['reading https://proxy.example/x/@v/v1.zip: 404 Not Found', false],
  ['reading https://proxy.example/x/@v/v1.zip: 503 Service Unavailable', true],
  ['Get "https://proxy.example/x": dial tcp 192.0.2.1:443: connect: connection refused', true],
  ['Get "https://proxy.example/x": net/http: TLS handshake timeout', true],
])('%s: worth another try is %s', (message, expected) => {
  expect(isTransport(message)).toBe(expected);
});

test.each([
  [{ moduleFolder: 'node/kube', package: '.' }, 'kube'],
  [{ moduleFolder: 'tools/helm', package: 'helm.sh/helm/v4/cmd/helm' }, 'helm'],
])('%o is called %s', (target, name) => {
  expect(programName(target)).toBe(name);
});
