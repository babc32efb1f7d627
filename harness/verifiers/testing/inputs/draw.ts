import fc from 'fast-check';
import { stringify } from 'yaml';
import { STUB_HOST, STUB_SHA } from '../../../contract/testing/stub-backplane.ts';
import { fakeToken } from '../../../github/testing/fake-github.ts';
import { databaseBytes, faults } from './draw-faults.ts';
import { migrations, objects, targets, values } from './draw-files.ts';
import { broken, canaries, document, hostile, yamlPieces } from './draw-text.ts';
import type { FaultPlan } from './faults.ts';

/** One call of the command with all that it meets. `{api}` and the like stand for ports, `{dir}` for its folder. */
export interface Input {
  readonly command: Command;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly host: readonly FaultPlan[];
  readonly api: readonly FaultPlan[];
  readonly issuer: readonly FaultPlan[];
  readonly github: readonly FaultPlan[];
  /** What is said to each thing that comes; undefined where nobody asks a database. */
  readonly database: readonly string[] | undefined;
}

const commands = [
  ...(['install-verify', 'smoke', 'rollback-verify', 'login', 'green-counter', 'migration-compat'] as const),
  ...(['targets-verify', 'rke2-access', 'reap', 'network-policy', 'pr-smoke'] as const),
];
export type Command = (typeof commands)[number];

const token = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: 'operator', jti: canaries.operator })).toString('base64url')}.${canaries.operator}`;

/** Something in one of so many. */
const maybe = <T>(often: number, something: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: often - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: something });
const oneIn = (often: number) => maybe(often, fc.constant(true)).map((drawn) => drawn === true);

const kubeconfigText = (scheme: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'lab',
      cluster: {
        server: `${scheme}://127.0.0.1:{api}`,
        ...(scheme === 'https' ? { 'certificate-authority': '{ca}' } : {}),
      },
    },
  ],
  users: [
    { name: 'lab', user: { token: canaries.kube } },
    { name: 'second', user: { username: 'ada', password: canaries.kube } },
  ],
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
  'current-context': 'lab',
});

/** Sound in two of three, broken text or a member of the wrong shape in the others. */
function kubeconfig(scheme: 'http' | 'https'): fc.Arbitrary<string> {
  const sound = kubeconfigText(scheme);
  const text = stringify(sound);
  const [cluster, user] = [sound.clusters[0]?.cluster ?? {}, sound.users[0]?.user ?? {}];
  const member = fc.constantFrom(
    ...['certificate-authority-data', 'insecure-skip-tls-verify', 'proxy-url', 'tls-server-name', 'server', 'x'],
  );
  const userMember = fc.constantFrom(
    ...['token', 'tokenFile', 'client-certificate-data', 'client-key-data', 'client-certificate', 'exec', 'as'],
    ...['as-groups', 'as-user-extra', 'auth-provider', 'username', 'impersonate-user'],
  );
  const value = fc.oneof(document, hostile, fc.constant(canaries.kube), fc.constant(5));
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(text) },
    { weight: 2, arbitrary: broken(fc.constant(text), yamlPieces) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(member, value)
        .map(([name, what]) =>
          JSON.stringify({ ...sound, clusters: [{ name: 'lab', cluster: { ...cluster, [name]: what } }] }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(userMember, value)
        // Who is impersonated is told: that is no place of a secret.
        .filter(([name, what]) => !name.startsWith('as') || what !== canaries.kube)
        .map(([name, what]) => JSON.stringify({ ...sound, users: [{ name: 'lab', user: { ...user, [name]: what } }] })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(hostile, fc.constant(sound)).map(([name]) => JSON.stringify(renamed(name, sound))),
    },
  );
}

function renamed(name: string, sound: ReturnType<typeof kubeconfigText>) {
  return {
    ...sound,
    clusters: sound.clusters.map((each) => ({ ...each, name })),
    contexts: [{ name, context: { cluster: name, user: 'lab', namespace: name } }],
    'current-context': name,
  };
}

/** Arguments as somebody meant them, with what goes wrong when they are typed. */
function mistyped(args: fc.Arbitrary<readonly string[]>): fc.Arbitrary<readonly string[]> {
  const slip = fc.record({
    at: fc.nat(),
    remove: fc.constantFrom(0, 0, 1),
    put: fc.oneof<fc.Arbitrary<readonly string[]>[]>(
      fc.constant([]),
      hostile.map((text) => [text]),
      hostile.map((text) => [`--${text}`]),
      fc.constantFrom(
        ['--'],
        ['--help'],
        ['-h'],
        ['--output', 'json'],
        ['--fail-fast'],
        ['--junit', '/no/such/x'],
        ['--context', 'gone'],
      ),
    ),
  });
  return fc
    .tuple(
      args,
      fc.oneof(
        { weight: 6, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(slip, { minLength: 1, maxLength: 2 }) },
      ),
    )
    .map(([whole, slips]) =>
      slips.reduce((so, { at, remove, put }) => {
        // What is called stays: its name is looked at elsewhere.
        const start = 1 + (at % so.length);
        return [...so.slice(0, start), ...put.map((arg) => arg.replaceAll('\u0000', '')), ...so.slice(start + remove)];
      }, whole),
    );
}

const json = fc.constantFrom<readonly string[]>([], ['--output', 'json'], ['--output=json']);
const junit = fc.constantFrom<readonly string[]>([], [], ['--junit', '{dir}/junit.xml']);
const cluster = fc.constantFrom<readonly string[]>(
  ['--kubeconfig', '{dir}/kubeconfig'],
  ['--kubeconfig', '{dir}/kubeconfig'],
  ['--skip-cluster-checks'],
  [],
);
const quick = ['--request-timeout', '1'];
const patient = [...quick, '--rollout-timeout', '0'];
const verifier = (...own: readonly string[]) =>
  fc
    .tuple(cluster, json, junit)
    .map((drawn) => [...own, '--connect-to', '127.0.0.1:{host}', '--cacert', '{ca}', ...drawn.flat(), ...patient]);
const kube = ['--kubeconfig', '{dir}/kubeconfig'];

const argsOf: Readonly<Record<Command, fc.Arbitrary<readonly string[]>>> = {
  'install-verify': verifier('install-verify', '--host', STUB_HOST, '--expected-git-sha', STUB_SHA),
  smoke: verifier('smoke', '--backplane', `https://${STUB_HOST}`),
  'rollback-verify': verifier('rollback-verify', '--host', STUB_HOST, '--n-image-sha', STUB_SHA),
  login: fc.constant<readonly string[]>([
    ...['login', '--issuer', 'https://127.0.0.1/realms/meho', '--client-id', 'meho-cli', '--cacert', '{ca}'],
    ...['--connect-to', '127.0.0.1:{issuer}', '--timeout', '2', ...quick],
  ]),
  'green-counter': fc
    .tuple(
      json,
      fc.constantFrom<readonly string[]>(
        [],
        ['--explain'],
        ['--badge', '{dir}/badge.json'],
        ['--notes', '{dir}/notes'],
      ),
    )
    .map((drawn) => ['green-counter', '--repo', 'example/meho', ...drawn.flat(), ...quick, '--rate-limit-wait', '1']),
  'migration-compat': fc
    .tuple(
      fc.constantFrom('text', 'json', 'sarif', 'github'),
      fc.constantFrom<readonly string[]>([], ['--strict'], ['--fail-on', 'warning']),
    )
    .map(([output, more]) => ['migration-compat', '--output', output, ...more, '{dir}/migrations']),
  'targets-verify': json.map((output) => ['targets-verify', '{dir}/targets', ...output]),
  'rke2-access': fc
    .tuple(json, junit, fc.constantFrom<readonly string[]>([], ['--bind-role', 'meho-ci-namespace']))
    .map((drawn) => ['rke2-access', ...kube, ...drawn.flat(), ...quick]),
  reap: fc
    .constantFrom<readonly string[]>([], ['--dry-run'], ['--older-than', '1h'])
    .map((more) => ['pr-smoke', 'reap', ...kube, ...more]),
  'network-policy': fc
    .tuple(json, junit)
    .map((drawn) => ['network-policy', '--probe-image', 'probe:1', ...kube, ...drawn.flat(), ...quick]),
  'pr-smoke': fc
    .tuple(json, junit)
    .map((drawn) => [
      ...[
        'pr-smoke',
        '--pr',
        '7',
        '--image-tag',
        'pr-7',
        '--chart',
        '{dir}/chart',
        '--values',
        '{dir}/values',
        '--objects',
        '{dir}/objects',
      ],
      ...[
        '--helm',
        '{dir}/helm',
        '--summary',
        '{dir}/summary.md',
        '--install-timeout',
        '2',
        '--hard-stop',
        '6',
        '--tear-down-timeout',
        '3',
      ],
      ...kube,
      ...drawn.flat(),
    ]),
};

/** What helm says where it is asked who it is; then it fails in its own words. */
const helm = `#!/bin/sh
if [ "$1" = version ]; then echo v3.18.5; exit 0; fi
echo "Error: ##[command] ${canaries.values} is no Secret" >&2; exit 1
`;

const chartFile = 'apiVersion: v2\nname: meho\nversion: 0.1.0\n';

interface Kind {
  readonly weight: number;
  readonly uses: readonly ('host' | 'api' | 'issuer' | 'github' | 'database')[];
  readonly scheme: 'http' | 'https';
  readonly files: fc.Arbitrary<Readonly<Record<string, string>>>;
}

const noFiles = fc.constant({});
const kinds: Readonly<Record<Command, Kind>> = {
  'install-verify': { weight: 4, uses: ['host', 'api'], scheme: 'http', files: noFiles },
  smoke: { weight: 6, uses: ['host', 'api', 'database'], scheme: 'http', files: noFiles },
  'rollback-verify': { weight: 3, uses: ['host', 'api', 'database'], scheme: 'http', files: noFiles },
  login: { weight: 3, uses: ['issuer'], scheme: 'http', files: noFiles },
  'green-counter': {
    weight: 4,
    uses: ['github'],
    scheme: 'http',
    files: broken(
      fc.constant('- { run: 9001, date: 2026-01-01, infrastructure: runner, cause: lost }\n'),
      yamlPieces,
    ).map((notes) => ({ notes })),
  },
  'migration-compat': { weight: 6, uses: [], scheme: 'http', files: migrations },
  'targets-verify': { weight: 5, uses: [], scheme: 'http', files: targets },
  'rke2-access': { weight: 4, uses: ['api'], scheme: 'https', files: noFiles },
  reap: { weight: 3, uses: ['api'], scheme: 'https', files: noFiles },
  'network-policy': { weight: 2, uses: ['api'], scheme: 'https', files: noFiles },
  'pr-smoke': {
    weight: 1,
    uses: ['api'],
    scheme: 'https',
    files: fc
      .tuple(values, objects)
      .map((drawn) => ({ ...drawn[0], ...drawn[1], helm, 'chart/Chart.yaml': chartFile })),
  },
};

/** Variables that say what a run meets; odd ones among them. */
const variables = fc
  .record({
    NO_COLOR: maybe(3, fc.constant('1')),
    INSTALL_START_TS: maybe(3, hostile),
    SMOKE_START_TS: maybe(3, fc.oneof(hostile, fc.constantFrom('0', '1e9', '99999999999', 'NaN'))),
    HELM_DRIVER: maybe(25, fc.oneof(hostile, fc.constantFrom('sql', 'memory', 'configmap', 'Secret'))),
    HTTPS_PROXY: maybe(
      30,
      fc.oneof(
        hostile,
        fc.constant(`http://user:${canaries.proxy}@127.0.0.1:1`),
        fc.constant(`socks5h://u:${canaries.proxy}@127.0.0.1:1`),
      ),
    ),
    NO_PROXY: maybe(20, fc.oneof(hostile, fc.constant('*'))),
    SSL_CERT_FILE: maybe(40, fc.constantFrom('/no/such/file', '/dev/null', '{dir}/kubeconfig')),
    KUBECONFIG: maybe(15, fc.constantFrom('/no/such/kubeconfig', '{dir}/kubeconfig:/no/such/kubeconfig')).map(
      (found) => found ?? '{dir}/kubeconfig',
    ),
    GITHUB_STEP_SUMMARY: maybe(4, fc.constantFrom('{dir}/step.md', '/no/such/step.md')),
  })
  .map((drawn) =>
    Object.fromEntries(
      Object.entries(drawn).flatMap(([name, text]) => (text === undefined ? [] : [[name, clean(text)]])),
    ),
  );

/** No variable and no argument of a process can hold a NUL, and no lone half of a character survives the way. */
const clean = (text: string) => text.replaceAll('\u0000', '').toWellFormed();

const databaseUrl = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constant(
      `postgresql://meho:${canaries.database}@127.0.0.1:{database}/meho?sslmode=disable&connect_timeout=2`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      `postgresql+asyncpg://meho:${canaries.database}@127.0.0.1:{database}/meho?connect_timeout=2`,
    ),
  },
  {
    weight: 1,
    arbitrary: hostile.map((text) => `postgresql://meho:${canaries.database}@127.0.0.1:{database}/meho?${text}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'port=abc',
        'sslmode=',
        'sslmode=x',
        'passfile=/',
        'options=-c',
        'gssencmode=require',
        'host=a,b&port=1',
      )
      .map((query) => `postgresql://meho:${canaries.database}@127.0.0.1:{database}/meho?${query}&connect_timeout=2`),
  },
);

export const input: fc.Arbitrary<Input> = fc
  .oneof(...commands.map((name) => ({ weight: kinds[name].weight, arbitrary: fc.constant(name) })))
  .chain((name) => {
    const { uses, scheme, files } = kinds[name];
    const planned = (what: Kind['uses'][number]) => (uses.includes(what) ? faults : fc.constant([]));
    return fc
      .record({
        args: mistyped(argsOf[name]),
        host: planned('host'),
        api: planned('api'),
        issuer: planned('issuer'),
        github: planned('github'),
        kubeconfig: kubeconfig(scheme),
        files,
        variables,
        operator: fc.oneof(
          { weight: 14, arbitrary: fc.constant(token) },
          { weight: 1, arbitrary: hostile.map(clean) },
          { weight: 1, arbitrary: fc.constant('') },
        ),
        askDatabase: uses.includes('database') ? oneIn(4) : fc.constant(false),
        url: databaseUrl.map(clean),
        database: databaseBytes,
      })
      .map(
        ({
          args,
          files: more,
          kubeconfig: text,
          variables: odd,
          operator,
          askDatabase,
          url,
          database,
          ...servers
        }) => ({
          command: name,
          args: args.map(clean),
          env: {
            ...odd,
            MEHO_ACCESS_TOKEN: operator,
            ...(askDatabase ? { DATABASE_URL: url } : {}),
            ...(name === 'green-counter'
              ? { GITHUB_TOKEN: fakeToken, GITHUB_API_URL: 'http://127.0.0.1:{github}' }
              : {}),
          },
          files: { kubeconfig: text, ...more },
          database: askDatabase ? database : undefined,
          ...servers,
        }),
      );
  });

/** The input of this number among those of the seed: each stands for itself, so that one can be drawn again alone. */
export function drawn(seed: number, number: number): Input {
  const [found] = fc.sample(input, { seed: parametersOf(seed, number).seed, numRuns: 1 });
  if (found === undefined) {
    throw new Error(`nothing was drawn for number ${number} of seed ${seed}`);
  }
  return found;
}

export function parametersOf(seed: number, number: number) {
  return { seed: (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 0, numRuns: 1 };
}
