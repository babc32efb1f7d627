import type { ImageParts } from './judged-image.ts';

/** What a site's values say of what is around it. */
export interface Surroundings {
  readonly image: ImageParts;
  /** Where nodes have only what is loaded into them. */
  readonly broadcastImage?: ImageParts;
  readonly ingress: { readonly className: string; readonly namespace: string };
  /** Whether there is a ConfigMap with authorities that the release has to trust. */
  readonly hasTrustBundle: boolean;
  readonly vault: string;
  readonly openId: { readonly issuer: string; readonly audience: string };
  readonly cidrs: { readonly postgres: string; readonly vault: string; readonly keycloak: string };
}

/** What an operator has ready in a namespace before installing, by name. */
export const siteNames = { databaseSecret: 'meho-postgres', tlsSecret: 'meho-tls', trustBundle: 'lab-ca' } as const;

/** The values of a site, which apply after every file. @param host the name under which the backplane is reached */
export function siteValues(
  { image, broadcastImage, ingress, hasTrustBundle, vault, openId, cidrs }: Surroundings,
  host: string,
): Readonly<Record<string, unknown>> {
  return {
    image: { repository: image.repository, tag: image.tag },
    ...(broadcastImage === undefined ? {} : { broadcast: { image: broadcastImage } }),
    ingress: { className: ingress.className, host, tls: { secretName: siteNames.tlsSecret } },
    postgres: { credentialsSecret: siteNames.databaseSecret },
    ...(hasTrustBundle ? { trustBundle: { configMapName: siteNames.trustBundle } } : {}),
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
