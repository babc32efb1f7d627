import { chartOptions } from '../../environment/cold-install.ts';
import { onlyAnswers } from '../../environment/turnover.ts';
import { revisionStatuses } from '../../helm/history.ts';
import { container, patched } from '../install/rollout.ts';
import { deploymentOf, patchDeployment, recovered } from '../release-objects.ts';
import { type Fault, injected, type ProveContext } from '../story.ts';

const timeoutMs = 120_000;
/** Revision of the upgrade to N+1. */
const upgraded = 2;
const soonOver = { 'rollout-timeout': '4' };
const node = '/usr/local/bin/node';
/** How the schema stands to the build, as `/ready` tells it. */
const migrationDetail = `fetch('http://127.0.0.1:8000/ready').then((reply) => reply.json())
  .then(({ checks }) => checks.find(({ name }) => name === 'migration').detail)`;

/** N's own server, which ends as soon as it finds more in the schema than it knows. */
const crashing = `import('/app/server.mjs');
setInterval(() => ${migrationDetail}.then((detail) => {
  if (detail === 'ahead_of_image') {
    console.error('audit_log has columns that this build does not know');
    process.exit(1);
  }
}, () => undefined), 200);`;

/** Ready only on the very schema that N was built for. */
const strict = `${migrationDetail}.then((detail) => {
  console.log('migration: ' + detail);
  process.exit(detail === 'at_head' ? 0 : 1);
}, () => process.exit(1));`;

async function lastRevision({ environment, installed }: ProveContext): Promise<number> {
  const { api, request } = environment;
  const revisions = await revisionStatuses(api, installed.site.namespace, request.subject.release);
  return revisions.at(-1)?.revision ?? 0;
}

/** What is no way back, although it looks like one (contract, rollback-verify). */
export const back: readonly Fault[] = [
  patched('n-crashes', 'N crashes on the columns of N+1', /does not know|exit code 1|back-off|restart/i, (now) =>
    container(now, {
      command: [node, '-e', crashing],
      // It ends before it is asked: one that was ready for a moment would complete the rollout, and then leave nobody to answer.
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
      const { release, site } = installed;
      const healthy = await lastRevision(context);
      const { name } = await deploymentOf(context);
      await release.rollback({ timeoutMs, revision: upgraded, signal });
      // The new pods of N are so slow to come that they don't come at all.
      await patchDeployment(context, name, { spec: { paused: true } });
      await release.rollback({ timeoutMs, revision: healthy, noWait: true, signal });
      const undo = async () => {
        await patchDeployment(context, name, { spec: { paused: null } });
        await recovered(context);
        await onlyAnswers(environment, site, environment.judged.gitSha, new AbortController().signal);
      };
      return injected(undo, { flags: soonOver });
    },
  },
  {
    id: 'back-by-deploying',
    title: 'N was deployed again instead of rolled back to, and described as a rollback',
    expectRed: ['rolled-back'],
    says: /an install or upgrade is not a rollback/,
    inject: async (context) => {
      const { environment, installed, signal } = context;
      const { release, site } = installed;
      const healthy = await lastRevision(context);
      await release.upgrade({ ...chartOptions(environment, site), description: `Rollback to ${healthy}`, signal });
      return injected(async () => {
        await release.rollback({ timeoutMs, revision: healthy });
      });
    },
  },
];
