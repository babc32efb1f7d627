import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configMaps } from '@meho/kube/api/resource';
import { createNamespace, deleteNamespace } from '@meho/kube/workloads/namespace';
import { createLabIdentity } from '../release/environment/lab-identity.ts';
import { type ChartEdit, copyChart } from '../release/install/chart-copy.ts';
import { prSmokeInput } from '../release/processes/pr-smoke-process.ts';
import { type Fault, type FaultSuite, type Injection, injection, otherCommandLine } from './fault.ts';
import { without } from './rke2-access.ts';

const removalDeadlineMs = 60_000;
/** Each run needs its own, because runs are concurrent. */
let lastPr = 800;
function nextPr(): string {
  lastPr += 1;
  return String(lastPr);
}

/** Runs instead of the backplane, sound except for one answer. */
interface Stub {
  readonly ready?: number;
  readonly healthz?: number;
  readonly version?: Readonly<Record<string, string | null>>;
  readonly health?: number;
}

const sound = { git_sha: 'GIT_SHA', build_date: 'x', chart_version: '0.1.0' };

function stub(
  fault: Pick<Fault, 'id' | 'title' | 'expectRed' | 'says'>,
  { ready = 200, healthz = 200, version, health = 401 }: Stub,
  flags: NonNullable<Injection['flags']> = {},
): Fault {
  return {
    ...fault,
    async inject({ environment }) {
      const told = JSON.stringify({ ...sound, git_sha: environment.judged.gitSha, ...version });
      // A container's first process that doesn't ask for SIGTERM isn't ended by it: the namespace would wait 30 s.
      const program = `
        process.on('SIGTERM', () => process.exit());
        const answers = { '/healthz': [${healthz}, '{}'], '/ready': [${ready}, '{}'], '/version': [200, ${JSON.stringify(told)}],
          '/api/v1/health': [${health}, '{"detail":"missing_token"}'] };
        require('node:http').createServer((request, response) => {
          const [status, body] = answers[request.url] ?? [404, '{}'];
          response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'x' }).end(body);
        }).listen(8000);`;
      const command = JSON.stringify(['/usr/local/bin/node', '-e', program]);
      const from = 'imagePullPolicy: {{ .Values.image.pullPolicy | default "IfNotPresent" }}\n          ports:';
      const edit: ChartEdit = {
        file: 'templates/deployment.yaml',
        from,
        to: from.replace('ports:', `command: ${command}\n          ports:`),
      };
      // Where /healthz answers 500, liveness restarts the container after 30 s of grace and three probes: the smoke,
      // which asks as soon as /ready has let the pod into the Service, sees the answer before that.
      const copy = await copyChart([edit]);
      return alone(async () => copy[Symbol.asyncDispose](), { ...flags, chart: copy.chart });
    },
  };
}

/** Each run has its own release: nothing has to recover. */
function alone(undo: () => Promise<void>, flags: NonNullable<Injection['flags']>): Injection {
  return { ...injection(undo, { flags }), onlyCommandLine: true };
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
    inject: async () => otherCommandLine({ flags: { 'image-tag': 'no-such-tag' } }),
  },
  {
    id: 'objects-missing',
    title: 'what the release needs is not among the objects',
    expectRed: ['install'],
    says: /meho-postgres|lab-ca/,
    inject: async () => otherCommandLine({ flags: { objects: undefined } }),
  },
  // Never ready, so that the install is under way at that moment on any machine.
  stub(
    {
      id: 'hard-stop',
      title: 'it is stopped hard while it installs',
      expectRed: ['install'],
      says: /the hard stop after 8 s/,
    },
    { ready: 503 },
    { 'hard-stop': '8' },
  ),
];

const around: readonly Fault[] = [
  {
    id: 'token-expired',
    title: "the operator's token has expired",
    expectRed: ['operator-status'],
    says: /401/,
    inject: async ({ environment }) =>
      otherCommandLine({ env: { MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind: 'expired' }) } }),
  },
  {
    id: 'over-budget',
    title: 'it takes longer than its budget, enforced',
    expectRed: ['budget'],
    says: /^budget: \d+\.?\d* s; see the phases/m,
    inject: async () => otherCommandLine({ flags: { budget: '1', 'enforce-budget': true } }),
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
      await using input = await prSmokeInput(environment, installed.target, Number(pr));
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
      const lab = await createLabIdentity(api, folder, { cluster: without('namespaces', 'create') });
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

/** Everything is removed, whatever fails. */
export const prSmoke: FaultSuite = {
  name: 'pr-smoke',
  verifier: 'pr-smoke',
  async healthyCommandLine({ environment, installed }) {
    const pr = nextPr();
    // Lives in the run's folder.
    const { flags } = await prSmokeInput(environment, installed.target, Number(pr));
    return { flags, env: {} };
  },
  faults: [...installs, ...answers, ...around],
  concurrent: true,
};
