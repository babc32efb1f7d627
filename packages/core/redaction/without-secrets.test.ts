import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

const manifest = `---
# Source: lab/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: plain }
data:
  url: https://vault.example.com
---
# Source: lab/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: { name: login }
data:
  password: aHVudGVyMg==
stringData:
  "note": |
    hunter2
---
apiVersion: v1
kind: List
items:
  - { kind: Secret, metadata: { name: listed }, data: { key: c2VjcmV0 } }
`;

test('of Secrets only the names are left, in lists as well', () => {
  const clean = withoutSecrets(manifest);
  for (const secret of ['aHVudGVyMg', 'hunter2', 'c2VjcmV0']) {
    expect(clean).not.toContain(secret);
  }
  for (const kept of ['# Source: lab/templates/secret.yaml', 'login', 'password', 'note', 'listed', 'key']) {
    expect(clean).toContain(kept);
  }
  expect(clean).toContain('url: https://vault.example.com');
  expect(clean.match(/\[redacted\]/g)).toHaveLength(3);
});

test('a Secret in another shape than expected says nothing either', () => {
  expect(withoutSecrets('kind: Secret\ndata: aHVudGVyMg==\n')).not.toContain('aHVudGVyMg');
  expect(withoutSecrets('kind: Secret\ndata:\nstringData: {}\n')).toContain('kind: Secret');
});

test('what is no YAML is left out, and the rest is not', () => {
  const clean = withoutSecrets('kind: Secret\ndata: {password: aHVudGVyMg==\n---\nkind: Service\n');
  expect(clean).not.toContain('aHVudGVyMg');
  expect(clean).toContain('no YAML');
});

test('nothing stays nothing', () => {
  expect(withoutSecrets('')).toBe('');
});

test('what an alias of a Secret stands for says nothing either', () => {
  const clean = withoutSecrets('a: &values { note: aHVudGVyMg== }\nb:\n  kind: Secret\n  data: *values\n');
  expect(clean).not.toContain('aHVudGVyMg');
});
