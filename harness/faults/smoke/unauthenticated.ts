import { Backplane } from '@meho/contract/backplane/backplane';
import { isFailure, type Result } from '@meho/contract/check';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { type Pod, pods } from '@meho/kube/api/resource';
import { connectToPod } from '../../release/smoke/backplane-pod.ts';
import { checkUnauthenticated } from '../../release/smoke/smoke-contract.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Fault, type Injection, injection, type ReleaseContext } from '../fault.ts';
import { front, members, type Rewrites, status } from '../front.ts';
import { deploymentOf } from '../release-objects.ts';

const answerDeadlineMs = 5_000;
const startDeadlineMs = 60_000;

/** Runs the checks themselves, as a pull request's lane does, not `smoke`. */
async function evaluate(context: ReleaseContext, { flags = {} }: Partial<Injection> = {}): Promise<Evaluation> {
  const { environment, installed, signal } = context;
  const started = performance.now();
  using backplane = new Backplane({
    origin: new URL(flags['backplane']?.toString() ?? `https://${installed.target.host}`),
    ca: [environment.authority.certificatePem],
    deadlineMs: answerDeadlineMs,
    ...('backplane' in flags ? {} : { connectTo: addressIn(flags['connect-to']) ?? environment.ingress.address }),
  });
  const results = await checkUnauthenticated(environment, installed.target, backplane, signal);
  return { ...seenIn(results), durationMs: performance.now() - started };
}

function addressIn(text: string | true | undefined): { readonly host: string; readonly port: number } | undefined {
  const [host, port] = typeof text === 'string' ? text.split(':') : [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

function seenIn(results: readonly Result[]): Omit<Evaluation, 'durationMs'> {
  const red = results.filter(({ verdict }) => isFailure(verdict));
  return {
    // A skipped check is as bad as a failed one.
    exitCode: red.length > 0 || results.some(({ verdict }) => verdict.outcome !== 'holds') ? 1 : 0,
    red: red.map(({ check }) => check.id),
    warned: [],
    words: red
      .map(({ check, verdict }) => `${check.id}: ${'observed' in verdict ? verdict.observed : verdict.outcome}`)
      .join('\n'),
  };
}

type Told = readonly [id: string, title: string, red: string, says: RegExp];

function answered([id, title, red, says]: Told, rewrites: Rewrites): Fault {
  return {
    id: `unauthenticated-${id}`,
    title: `without a token: ${title}`,
    expectRed: [red],
    says,
    inject: (context) => front(context, rewrites),
    evaluate,
    besideOthers: true,
  };
}

/** The pod belongs to no Service, unlike the release's own. */
function pod([id, title, red, says]: Told, variable: string, value: string): Fault {
  return {
    id: `unauthenticated-${id}`,
    title: `without a token: ${title}`,
    expectRed: [red],
    says,
    inject: (context) => otherPod(context, id, { name: variable, value }),
    evaluate,
  };
}

async function otherPod(context: ReleaseContext, id: string, variable: { name: string; value: string }) {
  const { environment, installed, signal } = context;
  const { api } = environment;
  const { namespace } = installed.target;
  const name = `fault-${id}`;
  const template = (await deploymentOf(context)).spec?.template.spec;
  const containers = (template?.containers ?? []).map((container) => {
    const { readinessProbe, ...rest } = container;
    const others = (container.env ?? []).filter((each) => each.name !== variable.name);
    return {
      ...rest,
      env: [...others, variable],
      ...(readinessProbe === undefined
        ? {}
        : { readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 } }),
    };
  });
  await using stack = new AsyncDisposableStack();
  const object: Pod = { metadata: { name }, spec: { ...template, terminationGracePeriodSeconds: 0, containers } };
  const created = await api.create(pods, namespace, object, { signal });
  stack.defer(() => api.delete(pods, namespace, name));
  await waitFor(
    `pod ${name} to be ready`,
    async (probeSignal) => {
      const { status: now } = await api.get(pods, namespace, name, { signal: probeSignal });
      if (now?.phase === 'Failed') {
        return never('it ended');
      }
      return now?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')
        ? holds(undefined)
        : notYet(now?.phase ?? 'it has no status');
    },
    { deadlineMs: startDeadlineMs, intervalMs: 200, signal },
  );
  const door = stack.use(
    await connectToPod(environment, installed.target, { name, uid: created.metadata?.uid ?? '', restarts: 0 }),
  );
  const resources = stack.move();
  return injection(() => resources.disposeAsync(), { flags: { backplane: door.origin.href } });
}

const healthz = (id: string, title: string, says: RegExp): Told => [`healthz-${id}`, title, 'healthz', says];
const sha = (id: string, title: string, says: RegExp): Told => [`sha-${id}`, title, 'version-tells-git-sha', says];
const chart = (id: string, title: string, says: RegExp): Told => [
  `chart-${id}`,
  title,
  'version-tells-chart-version',
  says,
];
const refused = (id: string, title: string, says: RegExp): Told => [`refusal-${id}`, title, 'anonymous-refused', says];

/** Each promise of pr-smoke fails alone: /healthz 200, /version complete, /api/v1/health 401. */
export const unauthenticated: readonly Fault[] = [
  answered(healthz('503', '/healthz answers 503', /\b503\b/), { healthz: status(503) }),
  answered(healthz('redirect', '/healthz redirects', /redirect/), {
    healthz: status(302, { location: 'https://login.example.com/' }),
  }),
  pod(sha('unknown', 'an image that was built without GIT_SHA', /git_sha "unknown"/), 'GIT_SHA', 'unknown'),
  answered(sha('missing', '/version has no git_sha', /no git_sha/), { version: members({ git_sha: undefined }) }),
  pod(chart('unset', 'a pod that is not told CHART_VERSION', /chart_version null/), 'CHART_VERSION', ''),
  answered(chart('unknown', '/version has chart_version "unknown"', /chart_version "unknown"/), {
    version: members({ chart_version: 'unknown' }),
  }),
  answered(refused('200', '/api/v1/health answers 200', /authentication is open/), { anonymous: status(200) }),
  answered(refused('500', '/api/v1/health answers 500', /the backplane is down/), { anonymous: status(500) }),
  answered(refused('redirect', '/api/v1/health redirects to a login', /redirect/), {
    anonymous: status(302, { location: 'https://login.example.com/' }),
  }),
];
