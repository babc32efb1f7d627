import type { OwnRole } from '../kube/own-role.ts';

/** What of a site depends on where it is rather than on what is judged. */
export interface Ground {
  /** Values files for this kind of cluster, below those of the subject. */
  readonly valuesFiles: readonly string[];
  /** A site is reached as `<namespace>.<domain>`. */
  readonly domain: string;
  /** The authorities, in PEM, that a site's certificate is held against from outside. */
  readonly trust: string;
  /** A site brings a Secret with the certificate of its host; elsewhere the subject's values see to one. */
  readonly bringsCertificate: boolean;
  /** The authorities, in PEM, that a release has to trust for Vault and the OpenID provider; absent: the image's own. */
  readonly trustBundle: string | undefined;
  /** What a release's NetworkPolicy has to allow. */
  readonly cidrs: { readonly postgres: string; readonly vault: string; readonly keycloak: string };
  /** ClusterRole that our own identity is bound to in each namespace, before anything else is made in it. */
  readonly role: OwnRole | undefined;
}
