import type { SecretObject } from '../kube/resource.ts';
import type { ServerCertificate } from './authority.ts';

/** A certificate as an Ingress names it in `spec.tls[].secretName`. */
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
