import { homedir, tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { UsageError } from './problem.ts';

/**
 * The only reader of the environment. Values come out as they are: who uses one says what is wrong with it, so that
 * all problems of a run are reported at once.
 */
export interface VerifierEnvironment {
  /** INSTALL_START_TS: seconds since 1970 at the install wrapper's first instruction. */
  readonly installStartTs: string | undefined;
  /** SMOKE_START_TS: the same for the smoke wrapper. */
  readonly smokeStartTs: string | undefined;
  /** MEHO_ACCESS_TOKEN: an operator's bearer token. Secret. */
  readonly accessToken: string | undefined;
  /** DATABASE_URL of the backplane, `postgresql+asyncpg://…` as it takes it. Secret. */
  readonly databaseUrl: string | undefined;
  /** KUBECONFIG: one file or several, separated by the platform's delimiter. */
  readonly kubeconfig: string | undefined;
  /** KUBERNETES_SERVICE_HOST and _PORT: set in every pod. */
  readonly inCluster: { readonly host: string; readonly port: string } | undefined;
  readonly network: NetworkEnvironment;
  /** Names of variables that would have helm ask a cluster otherwise than its kubeconfig says. */
  readonly helmVariables: readonly string[];
  /** NO_COLOR is set to anything. */
  readonly noColour: boolean;
  /** GITHUB_TOKEN: what GitHub's API is asked with. Secret. */
  readonly githubToken: string | undefined;
  /** GITHUB_API_URL: set in every workflow; differs from api.github.com on GitHub Enterprise. */
  readonly githubApiUrl: string | undefined;
  /** GITHUB_STEP_SUMMARY: file to which a step of a workflow appends Markdown. */
  readonly stepSummary: string | undefined;
  /** Where a workflow's run can be looked at; from GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_RUN_ID. */
  readonly workflowRunUrl: string | undefined;
  /** HELM_DRIVER: where Helm keeps its records, as Helm spells it. */
  readonly helmDriver: string | undefined;
}

/** By these helm, and helm alone, is told of another cluster or another identity than its kubeconfig's. */
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
    noColour: value('NO_COLOR') !== undefined,
    githubToken: value('GITHUB_TOKEN'),
    githubApiUrl: value('GITHUB_API_URL'),
    stepSummary: value('GITHUB_STEP_SUMMARY'),
    workflowRunUrl: workflowRunUrl(env),
    helmDriver: readHelmDriver(env),
  };
}

/** HELM_DRIVER, which the helm that is started here follows as well. */
export function readHelmDriver(env: Environment = process.env): string | undefined {
  return env['HELM_DRIVER'] === '' ? undefined : env['HELM_DRIVER'];
}

/** What says how connections to others are opened; http/proxy-rules.ts and http/system-roots.ts say what is made of it. */
export interface NetworkEnvironment {
  readonly proxies: ProxyVariables;
  readonly roots: RootVariables;
}

const proxyVariables = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
  'REQUEST_METHOD',
] as const;

export type ProxyVariable = (typeof proxyVariables)[number];

/** Those of them that are set to anything. They may hold passwords. */
export type ProxyVariables = Readonly<Partial<Record<ProxyVariable, string>>>;

export interface RootVariables {
  /** SSL_CERT_FILE: OpenSSL's own name for where the system's roots are. */
  readonly sslCertFile?: string | undefined;
  /** SSL_CERT_DIR: folders with them, separated by colons. */
  readonly sslCertDir?: string | undefined;
  /** CURL_CA_BUNDLE: curl's own name for the same file. */
  readonly curlCaBundle?: string | undefined;
}

export function readNetworkEnvironment(env: Environment = process.env): NetworkEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const set = proxyVariables.flatMap((name) => {
    const text = value(name);
    return text === undefined ? [] : [[name, text]];
  });
  return {
    proxies: Object.fromEntries(set),
    roots: {
      sslCertFile: value('SSL_CERT_FILE'),
      sslCertDir: value('SSL_CERT_DIR'),
      curlCaBundle: value('CURL_CA_BUNDLE'),
    },
  };
}

function workflowRunUrl(env: Environment): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  // It becomes a link in Markdown: whatever else stands in these variables makes none.
  const isSound =
    /^https?:\/\/[\w.:[\]-]+(?:\/[\w./-]*)?$/.test(server ?? '') &&
    /^[\w.-]+\/[\w.-]+$/.test(repository ?? '') &&
    /^\d+$/.test(id ?? '');
  return isSound ? `${server}/${repository}/actions/runs/${id}` : undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the commands of this repository take from the environment; flags of the same meaning win. */
export interface Settings {
  /** MEHO_IMAGES: `auto`, `registry` or `build`. */
  readonly imageMode: ImageMode;
  /** `$XDG_CACHE_HOME/meho-acceptance`, by default under `~/.cache`: built programs, root file systems, tarballs. */
  readonly cacheFolder: string;
  /** PATH, in which helm and kubectl are looked for. */
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
  const cacheHome = value('XDG_CACHE_HOME');
  if (cacheHome !== undefined && !path.isAbsolute(cacheHome)) {
    problems.push(`XDG_CACHE_HOME: expected an absolute path, got ${JSON.stringify(cacheHome)}`);
  }
  if (imageMode === undefined || problems.length > 0) {
    throw new UsageError(problems);
  }
  const cacheFolder = path.join(cacheHome ?? path.join(homedir(), '.cache'), 'meho-acceptance');
  return { imageMode, cacheFolder, path: value('PATH') ?? '' };
}

/** What Docker's own client takes from the environment to find its engine. */
export interface DockerEnvironment {
  /** DOCKER_HOST */
  readonly host: string | undefined;
  /** DOCKER_CONTEXT */
  readonly context: string | undefined;
  /** DOCKER_CONFIG, by default `~/.docker`: its configuration and its contexts. */
  readonly configFolder: string;
  /** DOCKER_TLS_VERIFY: set to anything, `0` as well, as Docker takes it. */
  readonly tlsVerify: boolean;
  /** DOCKER_TLS: encryption without verification. */
  readonly tls: boolean;
  /** DOCKER_CERT_PATH */
  readonly certPath: string | undefined;
  /** DOCKER_AUTH_CONFIG: registries' credentials in the form of the client's configuration. Secret. */
  readonly authConfig: string | undefined;
}

export function readDockerEnvironment(env: Environment = process.env): DockerEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    host: value('DOCKER_HOST'),
    context: value('DOCKER_CONTEXT'),
    configFolder: value('DOCKER_CONFIG') ?? path.join(value('HOME') ?? homedir(), '.docker'),
    tlsVerify: value('DOCKER_TLS_VERIFY') !== undefined,
    tls: value('DOCKER_TLS') !== undefined,
    certPath: value('DOCKER_CERT_PATH'),
    authConfig: value('DOCKER_AUTH_CONFIG'),
  };
}

const dockerVariables = ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_PATH_PREFIX'] as const;

/** Work that reads Docker's variables by itself and mustn't: the client's constructor mixes them into what it is told. */
export function withoutDockerVariables<T>(work: () => T, env: Record<string, string | undefined> = process.env): T {
  const kept = dockerVariables.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  for (const [name] of kept) {
    delete env[name];
  }
  try {
    return work();
  } finally {
    Object.assign(env, Object.fromEntries(kept));
  }
}

/** Names the engine that was taken to this process and its children, with what they need and nothing that was there before. */
export function setDockerVariables(
  variables: Readonly<Record<string, string>>,
  env: Record<string, string | undefined> = process.env,
): void {
  for (const name of [...dockerVariables, 'DOCKER_TLS']) {
    delete env[name];
  }
  Object.assign(env, variables);
}

/** What testcontainers is told already: by the user, or by a command of ours that has found out for its children. */
export interface TestcontainersEnvironment {
  /** DOCKER_HOST */
  readonly dockerHost: string | undefined;
  /** TESTCONTAINERS_RYUK_DISABLED; undefined where nobody has said anything. */
  readonly ryukDisabled: boolean | undefined;
}

export function readTestcontainersEnvironment(env: Environment = process.env): TestcontainersEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const disabled = value('TESTCONTAINERS_RYUK_DISABLED');
  return {
    dockerHost: value('DOCKER_HOST'),
    ryukDisabled: disabled === undefined ? undefined : disabled === 'true' || disabled === '1',
  };
}

/** What libpq and asyncpg take from the environment where a connection URI is silent: `PG…` variables that are set. Secret. */
export interface PostgresEnvironment {
  readonly [variable: `PG${string}`]: string | undefined;
  /** Where `.pgpass`, `.pg_service.conf` and `.postgresql/` are. */
  readonly home: string;
  /** Who connects where no user is named. */
  readonly osUser: string;
}

export function readPostgresEnvironment(env: Environment = process.env): PostgresEnvironment {
  const variables = Object.entries(env).filter(([name, value]) => /^PG[A-Z]+/.test(name) && (value ?? '') !== '');
  return { ...Object.fromEntries(variables), home: env['HOME'] || homedir(), osUser: userName() ?? env['USER'] ?? '' };
}

/** A user without an entry in the system's list has no name, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** What services that are there already are asked with. Secret, so that it is neither in arguments nor in a request. */
export interface ServiceSecrets {
  /** MEHO_POSTGRES_URL: `postgresql://ADMIN:PASSWORD@HOST:PORT/DATABASE` of a role that may create roles and databases. */
  readonly postgresUrl: string | undefined;
  /** MEHO_ACCESS_TOKEN: an operator's bearer token. */
  readonly accessToken: string | undefined;
}

export function readServiceSecrets(env: Environment = process.env): ServiceSecrets {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return { postgresUrl: value('MEHO_POSTGRES_URL'), accessToken: value('MEHO_ACCESS_TOKEN') };
}

/** Variables that stand for flags which are not given, by the flag's name. */
export const flagVariables = {
  image: 'MEHO_IMAGE',
  'git-sha': 'MEHO_GIT_SHA',
  chart: 'MEHO_CHART',
  values: 'MEHO_VALUES',
  objects: 'MEHO_OBJECTS',
  release: 'MEHO_RELEASE',
  namespace: 'MEHO_NAMESPACE',
  kubeconfig: 'MEHO_KUBECONFIG',
  context: 'MEHO_CONTEXT',
  services: 'MEHO_SERVICES',
} as const;

/** Of those, the lists: their elements are separated as in PATH. */
const listVariables: ReadonlySet<string> = new Set(['MEHO_VALUES']);

/** What stands in the environment for flags, as it is: whoever knows the flag says what is wrong with it. */
export function readFlagVariables(
  env: Environment = process.env,
): Readonly<Record<string, { readonly source: string; readonly texts: readonly string[] }>> {
  return Object.fromEntries(
    Object.entries(flagVariables).flatMap(([flag, source]) => {
      const text = env[source] ?? '';
      const texts = listVariables.has(source) ? text.split(path.delimiter) : [text];
      return text === '' ? [] : [[flag, { source, texts: texts.filter((each) => each !== '') }]];
    }),
  );
}

/** MEHO_ENVIRONMENT: file in which a command describes the environment that it has started, for the suites. */
export function environmentFile(env: Environment = process.env): string | undefined {
  return env['MEHO_ENVIRONMENT'] === '' ? undefined : env['MEHO_ENVIRONMENT'];
}

/** Where a system's own commands are. */
export const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/**
 * Adds what PATH lacks of the system's folders, behind what it has. Root's PATH lacks the sbin folders under cron and in
 * some shells, and dockerd and mmdebstrap look there for iptables and chroot by this process's environment.
 */
export function completeSearchPath(env: Record<string, string | undefined> = process.env): void {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  env['PATH'] = [...new Set([...folders, ...systemFolders])].join(path.delimiter);
}

/** What a child gets of this process's environment where nothing is said. */
export function inheritedEnvironment(env: Environment = process.env): Environment {
  return env;
}

/** Colour on a terminal, unless NO_COLOR is set to anything. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: Environment = process.env): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** What the action of `action.yml` finds around it: GitHub's files for outputs, and its inputs as one JSON document. */
export interface ActionEnvironment {
  /** MEHO_ACTION_INPUTS. Holds secrets. */
  readonly inputs: string;
  /** GITHUB_OUTPUT */
  readonly outputFile: string | undefined;
  /** GITHUB_STEP_SUMMARY */
  readonly stepSummaryFile: string | undefined;
  /** RUNNER_TEMP: where reports go. */
  readonly temporaryFolder: string;
}

export function readActionEnvironment(env: Environment = process.env): ActionEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    inputs: value('MEHO_ACTION_INPUTS') ?? '{}',
    outputFile: value('GITHUB_OUTPUT'),
    stepSummaryFile: value('GITHUB_STEP_SUMMARY'),
    temporaryFolder: value('RUNNER_TEMP') ?? tmpdir(),
  };
}

/** Work that reads the environment before it first waits, with other variables: several runs in one process each have their own. */
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
