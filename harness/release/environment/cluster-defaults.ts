import type { OwnRole } from '@meho/kube/permissions/own-role';

export interface ClusterDefaults {
  /** Values files below the subject's. */
  readonly valuesFiles: readonly string[];
  /** A site's host is `<namespace>.<domain>`. */
  readonly domain: string;
  /** Authorities (PEM) that signed a site's certificate. */
  readonly trust: string;
  /** Whether sites bring a certificate; otherwise the subject's values provide one. */
  readonly bringsCertificate: boolean;
  /** Authorities (PEM) of Vault and OpenID; absent if the image trusts them already. */
  readonly trustBundle: string | undefined;
  readonly cidrs: { readonly postgres: string; readonly vault: string; readonly keycloak: string };
  /** ClusterRole bound to our identity in each namespace before anything else. */
  readonly role: OwnRole | undefined;
}
