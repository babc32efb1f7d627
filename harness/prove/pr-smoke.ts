import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ChartEdit, copyChart } from '../environment/chart-copy.ts';
import { labIdentity } from '../environment/lab-identity.ts';
import { prSmokeInput } from '../environment/pr-smoke-process.ts';
import { createNamespace, deleteNamespace } from '../kube/namespace.ts';
import { configMaps } from '../kube/resource.ts';
import { without } from './rke2-access.ts';
import { asked, type Fault, type Injected, injected, type Story } from './story.ts';

const removalDeadlineMs = 60_000;
/** Its own for each run, so that they can be made side by side. */
let lastPr = 800;
function nextPr(): string {
  lastPr += 1;
  return String(lastPr);
}

/** What the pod runs instead of the backplane: sound in everything but one answer. */
interface Stub {
  readonly healthz?: number;
  readonly version?: Readonly<Record<string, string | null>>;
  readonly health?: number;
}

const sound = { git_sha: 'GIT_SHA', build_date: 'x', chart_version: '0.1.0' };

function stub(
  fault: Pick<Fault, 'id' | 'title' | 'expectRed' | 'says'>,
  { healthz = 200, version, health = 401 }: Stub,
): Fault {
  return {
    ...fault,
    async inject({ environment }) {
      const told = JSON.stringify({ ...sound, git_sha: environment.judged.gitSha, ...version });
      const program = `
        const answers = { '/healthz': [${healthz}, '{}'], '/ready': [200, '{}'], '/version': [200, ${JSON.stringify(told)}],
          '/api/v1/health': [${health}, '{"detail":"missing_token"}'] };
        require('node:http').createServer((request, response) => {
          const [status, body] = answers[request.url] ?? [404, '{}'];
          response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'x' }).end(body);
        }).listen(8000);`;
      const command = JSON.stringify(['/usr/local/bin/node', '-e', program]);
      const from = 'imagePullPolicy: {{ .Values.image.pullPolicy }}\n          ports:';
      const edit: ChartEdit = {
        file: 'templates/deployment.yaml',
        from,
        to: from.replace('ports:', `command: ${command}\n          ports:`),
      };
      // A liveness probe asks /healthz as well, and would not let it fail for long.
      const copy = await copyChart([edit]);
      return alone(async () => copy[Symbol.asyncDispose](), { chart: copy.chart });
    },
  };
}

/** Each run makes a release of its own: there is nothing that has to become healthy again. */
function alone(undo: () => Promise<void>, flags: NonNullable<Injected['flags']>): Injected {
  return { ...injected(undo, { flags }), onlyAsked: true };
}

const answers: readonly Fault[] = [
  stub({ id: 'healthz-500', title: '/healthz answers 500', expectRed: ['healthz'], says: /500/ }, { healthz: 500 }),
  stub(
    {
      id: 'sha-unknown',
      title: 'the image was built without a commit',
      expectRed: ['version-tells-git-sha', 'version'],
      says: /"unknown"/,
    },
    { version: { git_sha: 'unknown' } },
  ),
  stub(
    { id: 'other-build', title: 'another build answers', expectRed: ['version'], says: /0123456/ },
    { version: { git_sha: '0123456789abcdef0123456789abcdef01234567' } },
  ),
  stub(
    {
      id: 'chart-version-null',
      title: 'the chart does not tell its version',
      expectRed: ['version-tells-chart-version'],
      says: /chart_version null/,
    },
    { version: { chart_version: null } },
  ),
  stub({ id: 'open', title: 'authentication is open', expectRed: ['anonymous-refused'], says: /200/ }, { health: 200 }),
];

const installs: readonly Fault[] = [
  {
    id: 'image-not-there',
    title: 'there is no image of that tag',
    expectRed: ['install'],
    says: /no-such-tag/,
    inject: async () => asked({ flags: { 'image-tag': 'no-such-tag' } }),
  },
  {
    id: 'objects-missing',
    title: 'what the release needs is not among the objects',
    expectRed: ['install'],
    says: /meho-postgres|lab-ca/,
    inject: async () => asked({ flags: { objects: undefined } }),
  },
  {
    id: 'hard-stop',
    title: 'it is stopped hard while it installs',
    expectRed: ['install'],
    says: /the hard stop after 3 s/,
    inject: async () => asked({ flags: { 'hard-stop': '3' } }),
  },
];

const around: readonly Fault[] = [
  {
    id: 'token-expired',
    title: "the operator's token has expired",
    expectRed: ['operator-status'],
    says: /401/,
    inject: async ({ environment }) =>
      asked({ env: { MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind: 'expired' }) } }),
  },
  {
    id: 'over-budget',
    title: 'it takes longer than its budget, enforced',
    expectRed: ['budget'],
    says: /^budget: \d+\.?\d* s; see the phases/m,
    inject: async () => asked({ flags: { budget: '1', 'enforce-budget': true } }),
  },
  {
    id: 'held',
    title: 'something holds the namespace',
    expectRed: ['tear-down'],
    says: /finalizer|still terminating/i,
    async inject({ environment, installed, folder }) {
      const { api } = environment;
      const pr = nextPr();
      const file = path.join(folder, `held-${pr}.yaml`);
      const metadata = { name: 'held', finalizers: ['meho.io/never'] };
      const held = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
      await using input = await prSmokeInput(environment, installed.site, Number(pr));
      await writeFile(file, `${await readFile(input.flags['objects'] ?? '', 'utf8')}\n---\n${held}`, { mode: 0o600 });
      return alone(
        async () => {
          await api.patch(configMaps, `meho-ci-${pr}`, 'held', { metadata: { finalizers: null } });
          await deleteNamespace(api, `meho-ci-${pr}`, { deadlineMs: removalDeadlineMs });
          await rm(file);
        },
        { pr, objects: file, 'tear-down-timeout': '5' },
      );
    },
  },
  {
    id: 'no-right',
    title: 'the identity may not create namespaces',
    expectRed: ['namespace'],
    says: /cannot create resource "namespaces"/,
    async inject({ environment: { api }, folder }) {
      const lab = await labIdentity(api, folder, { cluster: without('namespaces', 'create') });
      return alone(async () => lab[Symbol.asyncDispose](), { kubeconfig: lab.kubeconfigFile });
    },
  },
  {
    id: 'foreign-namespace',
    title: 'a namespace of that name is somebody else’s',
    expectRed: ['usage'],
    says: /is there already and doesn't carry/,
    async inject({ environment: { api, request } }) {
      const pr = nextPr();
      const name = `meho-ci-${pr}`;
      await createNamespace(api, name, request.labels);
      return alone(() => deleteNamespace(api, name, { deadlineMs: removalDeadlineMs }), { pr });
    },
  },
];

/** The smoke of a pull request: each step and each check red under what breaks it, and torn down all the same. */
export const prSmoke: Story = {
  name: 'pr-smoke',
  verifier: 'pr-smoke',
  async ask({ environment, installed }) {
    const pr = nextPr();
    // Its folder goes with the run's.
    const { flags } = await prSmokeInput(environment, installed.site, Number(pr));
    return { flags, env: {} };
  },
  faults: [...installs, ...answers, ...around],
  sideBySide: 3,
};
