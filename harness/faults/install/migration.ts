import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ReleaseDocument } from '@meho/helm/record';
import { type Job, jobs, secrets } from '@meho/kube/api/resource';
import { jobState } from '@meho/kube/workloads/job-state';
import { type Fault, injection, type ReleaseContext } from '../fault.ts';
import { recordName, rewriteRecord } from '../helm-record.ts';
import { deploymentOf, releaseLabels } from '../release-objects.ts';

const expectRed = ['migration-job'];
const jobName = 'fault-migrate';
const failureDeadlineMs = 60_000;

function planted(id: string, title: string, says: RegExp, spec: object, until: 'failed' | 'unfinished'): Fault {
  return {
    id: `migration-${id}`,
    title,
    expectRed,
    says,
    inject: async (context) => {
      const { environment, installed, signal } = context;
      const { api } = environment;
      const { namespace } = installed.target;
      const remove = () => removed(context);
      await api.create(jobs, namespace, await jobWith(context, spec));
      try {
        await waitFor(
          `Job ${jobName} to be ${until}`,
          async (probeSignal) => {
            const { state } = jobState(await api.get(jobs, namespace, jobName, { signal: probeSignal }));
            return state === until ? holds(undefined) : notYet(state);
          },
          { deadlineMs: failureDeadlineMs, intervalMs: 200, signal },
        );
      } catch (error) {
        await remove();
        throw error;
      }
      return injection(remove);
    },
  };
}

/** Meets Pod Security level `restricted`. */
async function jobWith(context: ReleaseContext, spec: object): Promise<Job> {
  const deployment = await deploymentOf(context);
  const [backplane] = deployment.spec?.template.spec?.containers ?? [];
  const labels = { ...releaseLabels(context), 'app.kubernetes.io/component': 'migrate' };
  const securityContext = deployment.spec?.template.spec?.securityContext;
  return {
    metadata: { name: jobName, labels },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          ...(securityContext === undefined ? {} : { securityContext }),
          containers: [
            {
              name: 'migrate',
              image: backplane?.image ?? '',
              // Without settings, it really fails.
              command: ['python', '-m', 'meho_backplane.db.migrate'],
              ...(backplane?.securityContext === undefined ? {} : { securityContext: backplane.securityContext }),
            },
          ],
        },
      },
      ...spec,
    },
  };
}

async function removed({ environment, installed }: ReleaseContext): Promise<void> {
  const { api } = environment;
  const { namespace } = installed.target;
  await api.delete(jobs, namespace, jobName);
  await waitFor(
    `Job ${jobName} to be gone`,
    async () => ((await api.find(jobs, namespace, jobName)) === undefined ? holds(undefined) : notYet('it is there')),
    { deadlineMs: failureDeadlineMs, intervalMs: 100 },
  );
}

function recorded(
  id: string,
  title: string,
  says: RegExp,
  change: (document: ReleaseDocument) => ReleaseDocument,
): Fault {
  return { id: `release-${id}`, title, expectRed, says, inject: (context) => rewriteRecord(context, change) };
}

function status(id: string, title: string): Fault {
  return recorded(id, title, new RegExp(`is ${id}`), (document) => ({
    ...document,
    info: { ...document.info, status: id },
  }));
}

function lastRun(run: { readonly phase: string }) {
  return ({ hooks, ...document }: ReleaseDocument) => ({
    ...document,
    hooks: (hooks ?? []).map((hook) => ({ ...hook, last_run: run })),
  });
}

/** Changes only labels and keeps the record. */
function labelled(id: string, title: string, says: RegExp, labels: Readonly<Record<string, string>>): Fault {
  return {
    id: `release-${id}`,
    title,
    expectRed,
    says,
    inject: async (context) => {
      const { api } = context.environment;
      const { namespace } = context.installed.target;
      const name = recordName(context, 1);
      const { metadata } = await api.get(secrets, namespace, name);
      const before = Object.fromEntries(Object.keys(labels).map((label) => [label, metadata?.labels?.[label] ?? null]));
      await api.patch(secrets, namespace, name, { metadata: { labels } });
      return injection(async () => {
        await api.patch(secrets, namespace, name, { metadata: { labels: before } });
      });
    },
  };
}

/** Check 2: the Job succeeded, or is gone while the release is deployed. */
export const migration: readonly Fault[] = [
  planted('failed', 'a migration failed beside a deployed release', /failed/, {}, 'failed'),
  planted(
    'deadline',
    'a migration ran over its deadline',
    /DeadlineExceeded/,
    { activeDeadlineSeconds: 1, suspend: false },
    'failed',
  ),
  planted('suspended', 'a migration is suspended', /suspended/, { suspend: true }, 'unfinished'),
  planted('running', 'a migration does not come to an end', /not finished/, { backoffLimit: 20 }, 'unfinished'),
  status('failed', 'the Job is gone and the release failed'),
  status('pending-install', 'the release is stuck in pending-install'),
  status('pending-upgrade', 'the release is stuck in pending-upgrade'),
  status('uninstalling', 'the release is on its way out'),
  recorded('no-hooks', 'helm was told to leave hooks out', /never ran for it.*--no-hooks/, lastRun({ phase: '' })),
  recorded(
    'run-failed',
    'the hook failed, and its Job is gone',
    /recorded that it failed/,
    lastRun({ phase: 'Failed' }),
  ),
  recorded('run-unknown', "helm doesn't know how the hook ended", /no end of its run/, lastRun({ phase: 'Unknown' })),
  recorded('no-migration', 'the chart has no migration', /has no migration Job/, (document) => ({
    ...document,
    hooks: [],
  })),
  labelled('gone', 'there is no such release', /no Helm release/, { name: 'somebody-else' }),
  labelled('contradictory', "the record's label says something else than its content", /contradicts itself/, {
    status: 'superseded',
  }),
];
