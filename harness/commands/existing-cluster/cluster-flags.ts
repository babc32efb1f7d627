import { defaulted, Invalid, optional, toggle, type ValuesOf } from '@meho/core/command-line/flags';
import { anyText } from '@meho/core/command-line/values';
import { flagVariables } from '@meho/core/config/flag-variables';
import { UsageError } from '@meho/core/problem';
import { readKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { address, caFile, namespaceName } from '@meho/verifiers/flags/values';
import { chooseContext } from '../../clusters/kubeconfig-text.ts';
import { type ObjectsFile, trustPlaceholder } from '../../release/install-target/objects-file.ts';
import { type ExternalServices, readExternalServices } from '../../services/external-services.ts';

export const contextFlags = {
  kubeconfig: optional(
    'FILE',
    'judge on the existing cluster of this kubeconfig instead of a managed one; --image is then required too',
    anyText('a file name'),
  ),
  context: optional('NAME', 'context of the kubeconfig; needed where it has several', anyText('a context name')),
  'yes-this-cluster': optional(
    'NAME',
    'the context again, where it looks like production',
    anyText('the name of the context'),
  ),
};

export const clusterFlags = {
  ...contextFlags,
  services: optional(
    'FILE',
    'where Postgres, Vault and OpenID are: YAML as harness/services/given-services.schema.json has it',
    services,
  ),
  'services-network': optional(
    'NAME',
    "start them instead, on this Docker network, which the cluster's nodes are on",
    anyText('the name of a Docker network'),
  ),
  'ingress-address': optional('HOST:PORT', "where this machine reaches the cluster's ingress controller", address),
  'ingress-class': optional(
    'NAME',
    'its IngressClass; the one marked default, or the only one, where absent',
    namespaceName,
  ),
  'ingress-namespace': optional(
    'NAMESPACE',
    "its namespace, for the NetworkPolicy; where absent the one that helm put the class' controller into, else what --values or the chart say",
    namespaceName,
  ),
  'ingress-ca': optional(
    'FILE',
    'trust these authorities for certificates that the cluster makes; without it the run creates a certificate of its own',
    caFile,
  ),
  domain: defaulted('DOMAIN', 'a site is reached as NAMESPACE.DOMAIN', domain, 'meho.example.com'),
  'bind-role': optional(
    'CLUSTERROLE',
    'bind this ClusterRole to our identity in each namespace that we make',
    anyText('the name of a ClusterRole'),
  ),
  plan: toggle('print what would be created and removed, and touch nothing'),
};

export type ClusterValues = ValuesOf<typeof clusterFlags>;

const meanings = {
  kubeconfig: 'stands for --kubeconfig',
  context: 'stands for --context',
  services: 'stands for --services',
} as const satisfies Partial<Record<keyof typeof flagVariables, string>>;

const contextVariables: Readonly<Record<string, string>> = {
  [flagVariables.kubeconfig]: meanings.kubeconfig,
  [flagVariables.context]: meanings.context,
};

export const placeVariables: Readonly<Record<string, string>> = {
  ...contextVariables,
  [flagVariables.services]: meanings.services,
  MEHO_POSTGRES_URL: "with --services: its administrator's URL, postgresql://USER:PASSWORD@HOST[:PORT]/DATABASE",
};

export const clusterVariables: Readonly<Record<string, string>> = {
  ...placeVariables,
  MEHO_ACCESS_TOKEN: "with --services that name no token.command: an operator's token",
};

export interface ChosenContext {
  readonly file: string;
  readonly context: string;
}

/** @throws UsageError in one line: no such file, no YAML, several contexts and none named */
export function readChosenContext(file: string, wanted: string | undefined): ChosenContext {
  const kubeconfig = readKubeconfig(file, undefined);
  if (kubeconfig === undefined) {
    throw new UsageError([`kubeconfig ${file}: there is none`]);
  }
  return { file, context: chooseContext(kubeconfig, wanted) };
}

/** Includes problems of the kubeconfig itself. */
export function contextProblems(values: Partial<ValuesOf<typeof contextFlags>>): readonly string[] {
  const { kubeconfig, context } = values;
  if (kubeconfig === undefined) {
    return alone({ context, 'yes-this-cluster': values['yes-this-cluster'] }, '--kubeconfig');
  }
  try {
    readChosenContext(kubeconfig, context);
    return [];
  } catch (error) {
    if (error instanceof UsageError) {
      return error.problems;
    }
    throw error;
  }
}

/** Reports conflicting flags, and those missing for an existing cluster. */
export function clusterProblems(
  values: Partial<ClusterValues> & {
    readonly image?: string | undefined;
    readonly objects?: ObjectsFile | undefined;
  },
  secrets: { readonly postgresUrl: string | undefined; readonly accessToken: string | undefined },
): readonly string[] {
  const {
    kubeconfig,
    image,
    objects,
    services: given,
    'services-network': network,
    'ingress-address': ingress,
  } = values;
  const about = contextProblems(values);
  if (kubeconfig === undefined) {
    const names = ['services', 'services-network', 'ingress-address', 'ingress-class', 'ingress-namespace'] as const;
    const others = Object.fromEntries(names.map((name) => [name, values[name]]));
    const rest = { ...others, 'ingress-ca': values['ingress-ca'], 'bind-role': values['bind-role'] };
    return [...about, ...alone(rest, '--kubeconfig')];
  }
  const services = (given === undefined) === (network === undefined);
  return [
    ...about,
    ...(image === undefined
      ? ['--image is required with --kubeconfig: the reference backplane is on this machine only']
      : []),
    ...(ingress === undefined ? ['--ingress-address HOST:PORT is required with --kubeconfig'] : []),
    ...(services ? ['--kubeconfig needs one of --services FILE and --services-network NAME'] : []),
    ...(given !== undefined && secrets.postgresUrl === undefined
      ? ['MEHO_POSTGRES_URL is required with --services']
      : []),
    ...(given !== undefined && given.tokenCommand === undefined && secrets.accessToken === undefined
      ? ["--services: an operator's token is needed, from token.command of the file or MEHO_ACCESS_TOKEN"]
      : []),
    ...(given !== undefined && given.trustBundle === undefined && (objects?.trustSources ?? []).length > 0
      ? [`--objects: ${trustPlaceholder} stands for the trustBundle of --services, and that file has none`]
      : []),
  ];
}

function alone(values: Readonly<Record<string, unknown>>, needed: string): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} goes with ${needed}`],
  );
}

function services(file: string): ExternalServices | Invalid {
  try {
    return readExternalServices(file);
  } catch (error) {
    if (error instanceof UsageError) {
      return new Invalid(`a file about services; ${error.problems.join('; ')}`);
    }
    throw error;
  }
}

function domain(text: string): string | Invalid {
  return text.length <= 180 && text.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
    ? text
    : new Invalid('a domain in lower case, e.g. lab.example.com');
}
