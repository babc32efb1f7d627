import { homedir } from 'node:os';
import path from 'node:path';
import { type NetworkEnvironment, proxyVariables, readNetworkEnvironment } from './config/network.ts';
import { isPostgresVariable } from './config/postgres.ts';
import { UsageError } from './problem.ts';

/** The only reader of the environment. Users of the unchecked values report problems, all at once. */
export interface VerifierEnvironment {
  /** INSTALL_START_TS: seconds since 1970, at the install wrapper's start. */
  readonly installStartTs: string | undefined;
  /** SMOKE_START_TS: the smoke wrapper's. */
  readonly smokeStartTs: string | undefined;
  /** MEHO_ACCESS_TOKEN of an operator. Secret. */
  readonly accessToken: string | undefined;
  /** DATABASE_URL in the backplane's form, `postgresql+asyncpg://…`. Secret. */
  readonly databaseUrl: string | undefined;
  /** KUBECONFIG: one or several files. */
  readonly kubeconfig: string | undefined;
  /** KUBERNETES_SERVICE_HOST and _PORT: set in every pod. */
  readonly inCluster: { readonly host: string; readonly port: string } | undefined;
  readonly network: NetworkEnvironment;
  /** Variables that would override helm's kubeconfig. */
  readonly helmVariables: readonly string[];
  /** HELM_KUBETOKEN: helm's alone, and it may say it. Secret. */
  readonly helmToken?: string | undefined;
  /** HELM_KUBEAPISERVER, GITHUB_API_URL and GITHUB_SERVER_URL may hold passwords. */
  readonly otherUrls?: readonly string[];
  /** NO_COLOR set to anything. */
  readonly noColour: boolean;
  /** GITHUB_TOKEN. Secret. */
  readonly githubToken: string | undefined;
  /** GITHUB_API_URL: set in workflows; differs on GitHub Enterprise. */
  readonly githubApiUrl: string | undefined;
  /** GITHUB_STEP_SUMMARY. */
  readonly stepSummary: string | undefined;
  /** From GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_RUN_ID. */
  readonly workflowRunUrl: string | undefined;
  /** HELM_DRIVER: where Helm keeps its records. */
  readonly helmDriver: string | undefined;
}

/** These override the kubeconfig's cluster or identity in helm alone. */
export const helmClusterVariables = [
  'HELM_KUBEAPISERVER',
  'HELM_KUBEASGROUPS',
  'HELM_KUBEASUSER',
  'HELM_KUBECAFILE',
  'HELM_KUBECONTEXT',
  'HELM_KUBEINSECURE_SKIP_TLS_VERIFY',
  'HELM_KUBETLS_SERVER_NAME',
  'HELM_KUBETOKEN',
] as const;

export function readVerifierEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): VerifierEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const host = value('KUBERNETES_SERVICE_HOST');
  const port = value('KUBERNETES_SERVICE_PORT');
  return {
    installStartTs: value('INSTALL_START_TS'),
    smokeStartTs: value('SMOKE_START_TS'),
    accessToken: value('MEHO_ACCESS_TOKEN'),
    databaseUrl: value('DATABASE_URL'),
    kubeconfig: value('KUBECONFIG'),
    inCluster: host === undefined || port === undefined ? undefined : { host, port },
    network: readNetworkEnvironment(env),
    helmVariables: helmClusterVariables.filter((name) => value(name) !== undefined),
    helmToken: value('HELM_KUBETOKEN'),
    otherUrls: ['HELM_KUBEAPISERVER', 'GITHUB_API_URL', 'GITHUB_SERVER_URL'].flatMap((name) => value(name) ?? []),
    noColour: value('NO_COLOR') !== undefined,
    githubToken: value('GITHUB_TOKEN'),
    githubApiUrl: value('GITHUB_API_URL'),
    stepSummary: value('GITHUB_STEP_SUMMARY'),
    workflowRunUrl: workflowRunUrl(env),
    helmDriver: readHelmDriver(env),
  };
}

/** All that `readVerifierEnvironment` reads. */
const verifierVariables = [
  'INSTALL_START_TS',
  'SMOKE_START_TS',
  'MEHO_ACCESS_TOKEN',
  'DATABASE_URL',
  'KUBECONFIG',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'NO_COLOR',
  'GITHUB_TOKEN',
  'GITHUB_API_URL',
  'GITHUB_STEP_SUMMARY',
  'GITHUB_SERVER_URL',
  'GITHUB_REPOSITORY',
  'GITHUB_RUN_ID',
  'HELM_DRIVER',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
] as const;

/** For a child: variables of the process that starts a verifier must not decide a proof. Empty counts as unset. */
export function unsetVerifierVariables(env: Environment = process.env): Readonly<Record<string, string>> {
  const names = [
    ...verifierVariables,
    ...helmClusterVariables,
    ...proxyVariables,
    ...Object.keys(env).filter(isPostgresVariable),
  ];
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** Files that variables name; any may be a pipe. */
export function filesOfVariables(env: Environment = process.env): readonly string[] {
  const kubeconfigs = (env['KUBECONFIG'] ?? '').split(path.delimiter);
  const others = fileVariables.map((name) => env[name] ?? '');
  const ofDatabase = Array.from((env['DATABASE_URL'] ?? '').matchAll(fileParameters), ([, file = '']) => decoded(file));
  return [...kubeconfigs, ...others, ...ofDatabase].filter((file) => file !== '');
}

const fileVariables: readonly string[] = [
  ...['SSL_CERT_FILE', 'CURL_CA_BUNDLE'],
  ...['PGPASSFILE', 'PGSERVICEFILE', 'PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY'],
];
const fileParameters = /[?&](?:sslrootcert|sslcert|sslkey|servicefile)=([^&#]*)/g;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** HELM_DRIVER, which any helm we start follows too. */
export function readHelmDriver(env: Environment = process.env): string | undefined {
  return env['HELM_DRIVER'] === '' ? undefined : env['HELM_DRIVER'];
}

function workflowRunUrl(env: Environment): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  // Becomes a Markdown link: anything unsound makes none.
  const isSound =
    /^https?:\/\/[\w.:[\]-]+(?:\/[\w./-]*)?$/.test(server ?? '') &&
    /^[\w.-]+\/[\w.-]+$/.test(repository ?? '') &&
    /^\d+$/.test(id ?? '');
  return isSound ? `${server}/${repository}/actions/runs/${id}` : undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** For this repository's commands; equivalent flags win. */
export interface Settings {
  /** MEHO_IMAGES: `auto`, `registry` or `build`. */
  readonly imageMode: ImageMode;
  /** MEHO_REGISTRY: `HOST/PREFIX`, asked in place of every image's own registry. */
  readonly imageRegistry: string | undefined;
  /** `$XDG_CACHE_HOME/meho-acceptance`, else below `~/.cache`. */
  readonly cacheFolder: string;
  /** Finds helm and kubectl. */
  readonly path: string;
}

export type ImageMode = 'auto' | 'registry' | 'build';

const imageModes: readonly ImageMode[] = ['auto', 'registry', 'build'];

/** @throws UsageError with every problem at once */
export function readSettings(env: Environment = process.env): Settings {
  const problems: string[] = [];
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const asked = value('MEHO_IMAGES') ?? 'auto';
  const imageMode = imageModes.find((mode) => mode === asked);
  if (imageMode === undefined) {
    problems.push(`MEHO_IMAGES: expected ${imageModes.join(', ')}, got ${JSON.stringify(asked)}`);
  }
  const imageRegistry = value('MEHO_REGISTRY');
  if (imageRegistry !== undefined && !isRegistryPrefix(imageRegistry)) {
    problems.push(
      `MEHO_REGISTRY: expected HOST/PREFIX such as registry.example.com/meho, without scheme, user, tag or capitals in the prefix, got ${JSON.stringify(redactedUser(imageRegistry))}`,
    );
  }
  if (imageRegistry !== undefined && imageMode === 'build') {
    problems.push('MEHO_REGISTRY and MEHO_IMAGES=build contradict each other: leave one of them out');
  }
  const cacheHome = value('XDG_CACHE_HOME');
  if (cacheHome !== undefined && !path.isAbsolute(cacheHome)) {
    problems.push(`XDG_CACHE_HOME: expected an absolute path, got ${JSON.stringify(cacheHome)}`);
  }
  if (imageMode === undefined || problems.length > 0) {
    throw new UsageError(problems);
  }
  const cacheFolder = path.join(cacheHome ?? path.join(homedir(), '.cache'), 'meho-acceptance');
  return { imageMode, imageRegistry, cacheFolder, path: value('PATH') ?? '' };
}

/** The host as Docker knows one: with a dot or a port, or localhost. The path as the distribution specification has it. */
function isRegistryPrefix(text: string): boolean {
  const name = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
  const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
  const host = `(?:localhost|\\[[0-9a-fA-F:]+\\]|${label}(?:\\.${label})+|${label}(?=:))(?::[0-9]{1,5})?`;
  return new RegExp(`^${host}(?:/${name})+$`).test(text);
}

/** Somebody may have put a password there. */
function redactedUser(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?[^/]*@/, '$1…@');
}

/** For existing services. Secret, so not in arguments. */
export interface ServiceSecrets {
  /** MEHO_POSTGRES_URL: `postgresql://ADMIN:PASSWORD@HOST:PORT/DATABASE`; may create roles and databases. */
  readonly postgresUrl: string | undefined;
  /** MEHO_ACCESS_TOKEN of an operator. */
  readonly accessToken: string | undefined;
}

export function readServiceSecrets(env: Environment = process.env): ServiceSecrets {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return { postgresUrl: value('MEHO_POSTGRES_URL'), accessToken: value('MEHO_ACCESS_TOKEN') };
}

/** MEHO_ENVIRONMENT: describes a started environment to the suites. */
export function environmentFile(env: Environment = process.env): string | undefined {
  return env['MEHO_ENVIRONMENT'] === '' ? undefined : env['MEHO_ENVIRONMENT'];
}

/** Where system commands are. */
export const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** Under cron, root's PATH lacks the sbin folders, where dockerd and mmdebstrap find iptables and chroot. */
export function completeSearchPath(env: Record<string, string | undefined> = process.env): void {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  env['PATH'] = [...new Set([...folders, ...systemFolders])].join(path.delimiter);
}

/** A child's default environment. */
export function inheritedEnvironment(env: Environment = process.env): Environment {
  return env;
}

/** For work that reads them before its first await, so that runs in one process can differ. */
export function withVariables<T>(
  variables: Readonly<Record<string, string>>,
  work: () => T,
  env: Record<string, string | undefined> = process.env,
): T {
  const kept = Object.keys(variables).map((name) => [name, env[name]] as const);
  Object.assign(env, variables);
  try {
    return work();
  } finally {
    for (const [name, value] of kept) {
      if (value === undefined) {
        delete env[name];
      } else {
        env[name] = value;
      }
    }
  }
}
