import { revisionStatuses } from '@meho/helm/history';
import { chartOptions } from '../../release/install/cold-install.ts';
import { waitForOnlyBuild } from '../../release/install/wait-for-build.ts';
import { type Fault, injection, type ReleaseContext } from '../fault.ts';
import { container, crashing, patched } from '../install/rollout.ts';
import { deploymentOf, patchDeployment, recovered } from '../release-objects.ts';

const timeoutMs = 120_000;
const upgraded = 2;
const soonOver = { 'rollout-timeout': '4' };
const node = '/usr/local/bin/node';
/** `/ready` compares the schema with the build. */
const migrationDetail = `fetch('http://127.0.0.1:8000/ready').then((reply) => reply.json())
  .then(({ checks }) => checks.find(({ name }) => name === 'migration').detail)`;

/** Exits when the schema is ahead of it. */
const crash = `import('/app/server.mjs');
setInterval(() => ${migrationDetail}.then((detail) => {
  if (detail === 'ahead_of_image') {
    console.error('audit_log has columns that this build does not know');
    process.exit(1);
  }
}, () => undefined), 200);`;

const strict = `${migrationDetail}.then((detail) => {
  console.log('migration: ' + detail);
  process.exit(detail === 'at_head' ? 0 : 1);
}, () => process.exit(1));`;

async function lastRevision({ environment, installed }: ReleaseContext): Promise<number> {
  const { api, request } = environment;
  const revisions = await revisionStatuses(api, installed.target.namespace, request.subject.release);
  return revisions.at(-1)?.revision ?? 0;
}

/** Looks like a rollback but isn't (contract, rollback-verify). */
export const back: readonly Fault[] = [
  crashing('n-crashes', 'N crashes on the columns of N+1', /does not know|exit code 1|back-off|restart/i, (now) =>
    container(now, {
      command: [node, '-e', crash],
      // Exits before its first probe: a moment of readiness would complete the rollout.
      readinessProbe: { httpGet: { path: '/ready', port: 'http' }, initialDelaySeconds: 30, periodSeconds: 1 },
    }),
  ),
  patched('n-strict', "N's readiness demands its own head", /ahead_of_image|readiness|not ready|0 of/i, (now) =>
    container(now, {
      readinessProbe: { exec: { command: [node, '-e', strict] }, periodSeconds: 1, timeoutSeconds: 5 },
    }),
  ),
  {
    id: 'back-without-wait',
    title: 'rolled back without --wait, and the pods of N+1 still answer',
    expectRed: ['deployment-available', 'version'],
    says: /another build answers/,
    inject: async (context) => {
      const { environment, installed, signal } = context;
      const { release, target } = installed;
      const healthy = await lastRevision(context);
      const { name } = await deploymentOf(context);
      await release.rollback({ timeoutMs, revision: upgraded, signal });
      // Simulates new pods of N that are very slow to come.
      await patchDeployment(context, name, { spec: { paused: true } });
      await release.rollback({ timeoutMs, revision: healthy, noWait: true, signal });
      const undo = async () => {
        await patchDeployment(context, name, { spec: { paused: null } });
        await recovered(context);
        await waitForOnlyBuild(environment, target, environment.judged.gitSha, new AbortController().signal);
      };
      return injection(undo, { flags: soonOver });
    },
  },
  {
    id: 'back-by-deploying',
    title: 'N was deployed again instead of rolled back to, and described as a rollback',
    expectRed: ['rolled-back'],
    says: /an install or upgrade is not a rollback/,
    inject: async (context) => {
      const { environment, installed, signal } = context;
      const { release, target } = installed;
      const healthy = await lastRevision(context);
      await release.upgrade({ ...chartOptions(environment, target), description: `Rollback to ${healthy}`, signal });
      return injection(async () => {
        await release.rollback({ timeoutMs, revision: healthy });
      });
    },
  },
];
