import { STUB_HOST, STUB_SHA } from '@meho/contract/testing/stub-backplane';
import { fakeToken } from '@meho/green-counter/github/testing/fake-github';
import fc from 'fast-check';
import { clean, databaseUrl, variables } from './draw-environment.ts';
import { databaseBytes, faults } from './draw-faults.ts';
import { migrations, objects, targets, values } from './draw-files.ts';
import { kubeconfig } from './draw-kubeconfig.ts';
import { canaries, corrupt, hostile, maybe, yamlPieces } from './draw-text.ts';
import type { FaultPlan } from './faults.ts';

/** `{api}` and the like stand for ports, `{dir}` for a folder. */
export interface Input {
  readonly command: Command;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly host: readonly FaultPlan[];
  readonly api: readonly FaultPlan[];
  readonly issuer: readonly FaultPlan[];
  readonly github: readonly FaultPlan[];
  /** An answer per message; undefined without a database. */
  readonly database: readonly string[] | undefined;
}

const commands = [
  ...(['install-verify', 'smoke', 'rollback-verify', 'login', 'green-counter', 'migration-compat'] as const),
  ...(['targets-verify', 'rke2-access', 'reap', 'network-policy', 'pr-smoke', 'fleet'] as const),
];
export type Command = (typeof commands)[number];

const token = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: 'operator', jti: canaries.operator })).toString('base64url')}.${canaries.operator}`;

const oneIn = (often: number) => maybe(often, fc.constant(true)).map((drawn) => drawn === true);

/** Arguments with typing errors. */
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
        // Another generator covers the command's name.
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
  fleet: fc
    .tuple(json, junit, fc.constantFrom<readonly string[]>([], ['--allow-exec'], ['--namespace', 'meho']))
    .map((drawn) => ['fleet', ...kube, ...drawn.flat(), ...quick, '--rollout-timeout', '1']),
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

/** Names its version, then fails. */
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
    files: corrupt(
      fc.constant('- { run: 9001, date: 2026-01-01, infrastructure: runner, cause: lost }\n'),
      yamlPieces,
    ).map((notes) => ({ notes })),
  },
  'migration-compat': { weight: 6, uses: [], scheme: 'http', files: migrations },
  'targets-verify': { weight: 5, uses: [], scheme: 'http', files: targets },
  'rke2-access': { weight: 4, uses: ['api'], scheme: 'https', files: noFiles },
  reap: { weight: 3, uses: ['api'], scheme: 'https', files: noFiles },
  'network-policy': { weight: 2, uses: ['api'], scheme: 'https', files: noFiles },
  fleet: { weight: 3, uses: ['api'], scheme: 'https', files: noFiles },
  'pr-smoke': {
    weight: 1,
    uses: ['api'],
    scheme: 'https',
    files: fc
      .tuple(values, objects)
      .map((drawn) => ({ ...drawn[0], ...drawn[1], helm, 'chart/Chart.yaml': chartFile })),
  },
};

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

/** Each can be drawn again alone. */
export function drawInput(seed: number, number: number): Input {
  const [found] = fc.sample(input, { seed: parametersOf(seed, number).seed, numRuns: 1 });
  if (found === undefined) {
    throw new Error(`nothing was drawn for number ${number} of seed ${seed}`);
  }
  return found;
}

export function parametersOf(seed: number, number: number) {
  return { seed: (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 0, numRuns: 1 };
}
