import { isIPv4 } from 'node:net';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import {
  defaulted,
  Invalid,
  optional,
  readFlags,
  required,
  toggle,
  type ValuesOf,
} from '@meho/core/command-line/flags';
import { asksForHelp, cleaningUpCodes, usage } from '@meho/core/command-line/usage';
import { anyText, outputFile, wholeSeconds } from '@meho/core/command-line/values';
import { readVerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { fieldSafe } from '@meho/core/redaction/line-safe';
import { helmDriverProblems } from '@meho/helm/storage';
import { KubeApi } from '@meho/kube/api/api';
import { measureOnce } from '@meho/network-policy/measure-once';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Question } from '@meho/network-policy/probe/ask-probe';
import { acceptFlags, readAcceptances } from '../flags/acceptances.ts';
import { clusterFlags, clusterOf } from '../flags/cluster-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import { address } from '../flags/values.ts';
import { collectSecrets } from '../report/redact.ts';
import { contextOf, reportProblems } from '../report/step-report.ts';
import type { Standalone, StandaloneIo } from '../standalone.ts';
import { HELM_DRIVER_HELP } from '../verifier.ts';
import { judgePolicy } from './judge-policy.ts';

const name = 'network-policy';
const { namespace, release, output } = commonFlags;

export const networkPolicyFlags = {
  namespace,
  release,
  ...clusterFlags,
  'probe-image': required('IMAGE', 'the probe, where the nodes of the cluster can have it', anyText('an image')),
  postgres: optional('IPV4', "Postgres' address, where networkPolicy.postgresCIDR is wider than one", ipv4),
  vault: optional('IPV4', "Vault's address, where networkPolicy.vaultCIDR is wider than one", ipv4),
  openid: optional('IPV4', "the OpenID provider's address, where networkPolicy.keycloakCIDR is wider than one", ipv4),
  forbidden: defaulted(
    'IPV4:PORT[/udp][,…]',
    'what answers outside and the release may not call; by UDP as DNS does',
    hosts,
    [],
    'none',
  ),
  'with-guests': toggle(
    "also create probe pods, labelled and removed again, in the release's namespace and the ingress controller's",
  ),
  'lift-policies': toggle(
    "take the release's NetworkPolicies off for some seconds, twice: every denial then has its control without them",
  ),
  matrix: toggle('also print the matrix, a row a target and a column a source (text output alone)'),
  report: optional('FOLDER', 'write the matrix there: matrix.html, .json, .xml, .txt', anyText('a folder')),
  ...acceptFlags,
  'fail-on-accepted': toggle('fail all the same where --accept accepted anything'),
  'request-timeout': defaulted('SECONDS', 'how long one answer of the API server may take', wholeSeconds(1, 600), 15),
  junit: optional('FILE', 'write the checks as JUnit XML, too', outputFile),
  summary: optional('FILE', 'write the verdict as Markdown, too', outputFile),
  output,
};

const summary = `Measures who may talk to whom around a release, from its own pods and from others, and compares that with what the
contract declares and with what the NetworkPolicy objects say. Makes two namespaces of its own with pods, Services and for a
moment a NetworkPolicy in them, and an ephemeral container in a backplane pod and a broadcast pod, whose entry stays in the
pod until that is replaced. Everything else it makes is removed at the end; nothing else is touched unless a flag says so.`;

type Values = ValuesOf<typeof networkPolicyFlags>;

/** `meho-acceptance network-policy …`. @returns 0 all holds, 1 a check failed, 2 could not run as asked */
export async function runNetworkPolicy(argv: readonly string[], io: StandaloneIo): Promise<ExitCode> {
  if (asksForHelp(argv)) {
    const environment = {
      KUBECONFIG: 'kubeconfig file or files',
      HELM_DRIVER: HELM_DRIVER_HELP,
      ...NETWORK_ENVIRONMENT,
      GITHUB_STEP_SUMMARY: 'the summary is appended to this file',
      NO_COLOR: 'no colours in the matrix',
    };
    io.out(
      usage({
        command: `meho-acceptance ${name}`,
        summary,
        flags: networkPolicyFlags,
        environment,
        exitCodes: cleaningUpCodes,
      }),
    );
    return 0;
  }
  const { values: found, problems: wrong } = readFlags(networkPolicyFlags, argv);
  const json = found.output === 'json';
  try {
    const env = readVerifierEnvironment();
    const problems = [...wrong, ...helmDriverProblems(env.helmDriver)];
    const accepted = readAcceptances(found, problems);
    const access = await clusterOf(found, env, io.signal, problems);
    if (problems.length > 0 || access === undefined) {
      throw new UsageError(problems);
    }
    // Complete if there are no problems.
    const values = found as Values;
    io.progress?.begin();
    using api = new KubeApi(collectSecrets(access, io.secrets), values['request-timeout'] * 1000);
    const telling = { io, json, safe: fieldSafe(io.secrets) };
    const cluster = { api, namespace: values.namespace, release: values.release, rolloutDeadlineMs: 0 };
    return await judgePolicy(measurementOf(api, values), {
      ...telling,
      cluster,
      taken: contextOf(api, io, telling),
      values,
      accepted,
      stepSummary: env.stepSummary,
    });
  } catch (error) {
    return reportProblems(io, { command: name, json, error });
  }
}

const command: Standalone = { name, cleansUp: true, run: runNetworkPolicy };
export default command;

function measurementOf(api: KubeApi, values: Values): PolicyMeasurement {
  const { postgres, vault, openid } = values;
  return measureOnce(api, {
    subject: { namespace: values.namespace, release: values.release },
    probeImage: values['probe-image'],
    addresses: {
      ...(postgres === undefined ? {} : { postgres }),
      ...(vault === undefined ? {} : { vault }),
      ...(openid === undefined ? {} : { openid }),
    },
    forbidden: values.forbidden,
    withGuests: values['with-guests'],
    liftPolicies: values['lift-policies'],
  });
}

function ipv4(text: string): string | Invalid {
  return isIPv4(text) ? text : new Invalid('an IPv4 address');
}

function hosts(text: string): readonly Question[] | Invalid {
  // A host named twice would have its flows counted twice.
  const found = [...new Set(text.split(','))].map((each) => {
    const [where = '', protocol = 'tcp', ...rest] = each.split('/');
    const at = address(where);
    const isSound = !(at instanceof Invalid) && isIPv4(at.host) && rest.length === 0;
    return isSound && (protocol === 'tcp' || protocol === 'udp')
      ? { ...at, protocol: protocol === 'udp' ? ('UDP' as const) : ('TCP' as const) }
      : undefined;
  });
  const sound = found.filter((each) => each !== undefined);
  return sound.length === found.length
    ? sound
    : new Invalid('IPv4 addresses with ports, separated by commas, e.g. 10.9.0.8:443,10.9.0.8:53/udp');
}
