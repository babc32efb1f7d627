import { defaulted, Invalid, optional, repeated, toggle } from '@meho/core/command-line/flags';
import { anyText, oneOf, outputFile, wholeNumber, wholeSeconds } from '@meho/core/command-line/values';
import { address, caFile, commit, httpsHost, namespaceName } from './values.ts';

export const fleetFlags = {
  kubeconfig: repeated(
    'FILE',
    'kubeconfig of a cluster, by its current context, instead of KUBECONFIG, ~/.kube/config or the pod it runs in',
    anyText('a file name'),
  ),
  context: repeated(
    'NAME',
    'context of the kubeconfig, a cluster each, instead of its current one; with one kubeconfig',
    anyText('a context name'),
  ),
  'allow-exec': toggle('run the exec plugins that the kubeconfigs name; without it such a cluster is refused'),
  namespace: repeated('NAMESPACE', 'look for releases here alone, instead of in every namespace', namespaceName),
  releases: optional(
    'FILE',
    'YAML list of the releases instead of looking for them: kubeconfig, context, namespace, release, host, expected-git-sha, connect-to of each',
    anyText('a file name'),
  ),
  selector: defaulted(
    'LABELS',
    'labels of the Deployments, Services and Ingresses that a release is known by',
    labelSelector,
    'app.kubernetes.io/name=meho',
  ),
  host: optional(
    'HOST[:PORT]',
    "host of each release instead of its Ingress's; {cluster}, {namespace} and {release} stand for its own",
    hostTemplate,
  ),
  'expected-git-sha': optional('SHA', 'commit whose build must answer everywhere', commit),
  verifier: defaulted(
    'install-verify|rollback-verify',
    'whose checks are made of each release',
    oneOf('install-verify', 'rollback-verify'),
    'install-verify',
  ),
  cacert: repeated('FILE', 'trust the certificates in this PEM file instead of the system roots', caFile),
  'connect-to': optional(
    'HOST:PORT',
    'open connections to this address; the name asked for and checked in the certificate stays that of the host',
    address,
  ),
  concurrency: defaulted(
    'COUNT',
    'how many releases are asked at once, of which each cluster gets its share',
    wholeNumber(1, 256),
    16,
  ),
  'rollout-timeout': defaulted('SECONDS', 'how long a rollout may still take', wholeSeconds(0, 3600), 10),
  'request-timeout': defaulted('SECONDS', 'how long one answer may take', wholeSeconds(1, 600), 10),
  state: optional(
    'FILE',
    'keep what was asked here while it runs, and take up from it a run that was killed; removed at the end',
    outputFile,
  ),
  output: defaulted(
    'text|json',
    'json: one document on standard output instead of lines',
    oneOf('text', 'json'),
    'text',
  ),
  junit: optional('FILE', 'write the results as JUnit XML, too', outputFile),
};

const placeholders = /\{(?:cluster|namespace|release)\}/g;

function hostTemplate(text: string): string | Invalid {
  const sample = httpsHost(text.replaceAll(placeholders, 'x'));
  return sample instanceof Invalid
    ? new Invalid('a host name with an optional :PORT, e.g. {release}.{namespace}.example.com')
    : text;
}

/** @param values by placeholder @returns undefined if these make no host */
export function hostOf(template: string, values: Readonly<Record<string, string>>): URL | undefined {
  const host = httpsHost(template.replaceAll(placeholders, (name) => values[name.slice(1, -1)] ?? ''));
  return host instanceof Invalid ? undefined : host;
}

/** Kubernetes judges the rest. */
function labelSelector(text: string): string | Invalid {
  return /^[\w./\-=!,() ]{1,1000}$/.test(text)
    ? text
    : new Invalid('a label selector, e.g. app.kubernetes.io/name=meho,environment in (staging, lab)');
}
