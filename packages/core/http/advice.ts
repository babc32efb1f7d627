/** Decides where to look first. */
export type PeerKind = 'backplane' | 'api-server' | 'issuer' | 'github';

export interface Advice {
  /** The name doesn't resolve. */
  readonly name: string;
  readonly listener: string;
  /** No answer, or a truncated one. */
  readonly silence: string;
  /** Expired, or for another name. */
  readonly certificate: string;
  /** Not signed by anything trusted here. */
  readonly trust: string;
  /** Something else answers at that address. */
  readonly address: string;
}

export const adviceFor: Readonly<Record<PeerKind, Advice>> = {
  backplane: {
    name: 'check the DNS record and the spelling of the host',
    listener: 'nothing listens there: check the ingress controller',
    silence: 'the backplane, or something it waits for, hangs or crashes: read its log',
    certificate: "look at the ingress' TLS Secret and what issued it",
    trust: 'give the CA that issued it with --cacert, or look at which certificate the ingress serves',
    address: 'check that host and port are those of the ingress',
  },
  'api-server': {
    name: "check the DNS record and the spelling of the server in the kubeconfig's cluster",
    listener: "nothing listens there: check the server in the kubeconfig's cluster, and that the API server runs",
    silence: 'the API server, or a load balancer before it, hangs or crashes: look at its log',
    certificate: "look at the API server's certificate, and at server and tls-server-name of the kubeconfig's cluster",
    trust:
      "give the CA that issued it as certificate-authority-data of the kubeconfig's cluster: fetch a new kubeconfig",
    address: "check the server in the kubeconfig's cluster",
  },
  issuer: {
    name: 'check the DNS record and the spelling of --issuer',
    listener: 'nothing listens there: check --issuer and --connect-to, and that the issuer runs',
    silence: 'the issuer, or what stands before it, hangs or crashes: look at its log',
    certificate: "look at the issuer's certificate",
    trust: 'give the CA that issued it with --cacert, or look at which certificate the issuer serves',
    address: 'check --issuer and --connect-to',
  },
  github: {
    name: "check this machine's DNS, and GITHUB_API_URL or --api-url",
    listener: 'nothing listens there: check GITHUB_API_URL or --api-url',
    silence:
      'GitHub (https://www.githubstatus.com), or what stands between, is slow or cuts connections: run again, or give a longer --request-timeout',
    certificate: 'look at what stands between here and GitHub',
    trust: 'give the CA that issued it with --cacert, or look at what stands between here and GitHub',
    address: 'check GITHUB_API_URL or --api-url, and what stands between here and GitHub',
  },
};
