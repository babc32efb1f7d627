import { defaulted, type Flags, optional, toggle, type ValuesOf } from '@meho/core/command-line/flags';
import { anyText, oneOf, outputFile, wholeSeconds } from '@meho/core/command-line/values';
import { address, caFile, namespaceName, releaseName } from './values.ts';

export const commonFlags = {
  namespace: defaulted('NAMESPACE', 'namespace of the release', namespaceName, 'meho'),
  release: defaulted('RELEASE', 'name of the Helm release', releaseName, 'meho'),
  cacert: optional('FILE', 'trust the certificates in this PEM file instead of the system roots', caFile),
  'connect-to': optional(
    'HOST:PORT',
    'open connections to this address; the name asked for and checked in the certificate stays that of the host',
    address,
  ),
  kubeconfig: optional(
    'FILE',
    'kubeconfig to use instead of KUBECONFIG, ~/.kube/config or the pod it runs in',
    anyText('a file name'),
  ),
  context: optional('NAME', 'context of the kubeconfig instead of its current one', anyText('a context name')),
  'skip-cluster-checks': toggle('make only the checks that need no access to the cluster'),
  'rollout-timeout': defaulted('SECONDS', 'how long the rollout may still take', wholeSeconds(0, 3600), 60),
  'request-timeout': defaulted('SECONDS', 'how long one answer may take', wholeSeconds(1, 600), 10),
  'fail-fast': toggle('stop at the first failure'),
  output: defaulted(
    'text|json',
    'json: one document on standard output instead of lines',
    oneOf('text', 'json'),
    'text',
  ),
  junit: optional('FILE', 'write the results as JUnit XML, too', outputFile),
} satisfies Flags;

export type CommonValues = ValuesOf<typeof commonFlags>;
