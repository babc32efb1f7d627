import type { ImageParts } from '../environment/judged-image.ts';

export interface InstallContext {
  readonly image: ImageParts;
  /** Set for nodes with only loaded images. */
  readonly broadcastImage?: ImageParts;
  readonly ingress: { readonly className: string; readonly namespace: string };
  readonly hasTrustBundle: boolean;
  readonly vault: string;
  readonly openId: { readonly issuer: string; readonly audience: string };
  readonly cidrs: { readonly postgres: string; readonly vault: string; readonly keycloak: string };
}

export const installObjectNames = {
  databaseSecret: 'meho-postgres',
  tlsSecret: 'meho-tls',
  trustBundle: 'lab-ca',
} as const;

/** Applied after every file. */
export function installValues(
  { image, broadcastImage, ingress, hasTrustBundle, vault, openId, cidrs }: InstallContext,
  host: string,
): Readonly<Record<string, unknown>> {
  return {
    image: { repository: image.repository, tag: image.tag },
    ...(broadcastImage === undefined ? {} : { broadcast: { image: broadcastImage } }),
    ingress: { className: ingress.className, host, tls: { secretName: installObjectNames.tlsSecret } },
    postgres: { credentialsSecret: installObjectNames.databaseSecret },
    ...(hasTrustBundle ? { trustBundle: { configMapName: installObjectNames.trustBundle } } : {}),
    vault: { address: vault },
    keycloak: { issuer: openId.issuer },
    config: { keycloakIssuerUrl: openId.issuer, keycloakAudience: openId.audience, vaultAddr: vault },
    networkPolicy: {
      ...(ingress.namespace === '' ? {} : { ingressControllerNamespace: ingress.namespace }),
      postgresCIDR: cidrs.postgres,
      vaultCIDR: cidrs.vault,
      keycloakCIDR: cidrs.keycloak,
    },
  };
}
