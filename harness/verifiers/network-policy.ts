import { isIPv4 } from 'node:net';
import { readVerifierEnvironment } from '../config.ts';
import { helmDriverProblems } from '../helm/storage.ts';
import { KubeApi } from '../kube/api.ts';
import type { PolicyLook } from '../policy/look.ts';
import type { Question } from '../policy/probe/ask.ts';
import { takeLook } from '../policy/take-look.ts';
import { UsageError } from '../problem.ts';
import { acceptances, acceptFlags } from './accepted.ts';
import { clusterFlags, clusterOf } from './cluster-flags.ts';
import { commonFlags } from './common-flags.ts';
import { defaulted, Invalid, optional, readFlags, required, toggle, type ValuesOf } from './flags.ts';
import { judgePolicy } from './judge-policy.ts';
import { NETWORK_ENVIRONMENT } from './network-environment.ts';
import { fieldSafe, watched } from './redact.ts';
import type { ExitCode, Standalone, StandaloneIo } from './standalone.ts';
import { takenBy, tellProblems } from './step-report.ts';
import { asksForHelp, cleaningUpCodes, usage } from './usage.ts';
import { address, anyText, outputFile, wholeSeconds } from './values.ts';
import { HELM_DRIVER_HELP } from './verifier.ts';

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
    "also put pods of ours, labelled and removed again, into the release's namespace and the ingress controller's",
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
    const accepted = acceptances(found, problems);
    const access = await clusterOf(found, env, io.signal, problems);
    if (problems.length > 0 || access === undefined) {
      throw new UsageError(problems);
    }
    // Without problems, every flag has its value.
    const values = found as Values;
    io.progress?.begin();
    using api = new KubeApi(watched(access, io.secrets), values['request-timeout'] * 1000);
    const telling = { io, json, safe: fieldSafe(io.secrets) };
    const cluster = { api, namespace: values.namespace, release: values.release, rolloutDeadlineMs: 0 };
    return await judgePolicy(lookOf(api, values), {
      ...telling,
      cluster,
      taken: takenBy(api, io, telling),
      values,
      accepted,
      stepSummary: env.stepSummary,
    });
  } catch (error) {
    return tellProblems(io, { command: name, json, error });
  }
}

const command: Standalone = { name, cleansUp: true, run: runNetworkPolicy };
export default command;

function lookOf(api: KubeApi, values: Values): PolicyLook {
  const { postgres, vault, openid } = values;
  return takeLook(api, {
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
  // One that is named twice is one host: its flows would be counted twice.
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
