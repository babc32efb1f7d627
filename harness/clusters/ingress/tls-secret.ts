import type { ServerCertificate } from '@meho/core/testing/authority';
import type { SecretObject } from '@meho/kube/api/resource';

export function tlsSecret(
  metadata: { readonly name: string; readonly namespace: string; readonly labels?: Readonly<Record<string, string>> },
  certificate: ServerCertificate,
): SecretObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { ...metadata, labels: { ...metadata.labels } },
    stringData: { 'tls.crt': certificate.certificatePem, 'tls.key': certificate.privateKeyPem },
  };
}
