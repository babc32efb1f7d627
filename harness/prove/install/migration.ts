import type { ReleaseDocument } from '../../helm/record.ts';
import { jobState } from '../../kube/job-state.ts';
import { type Job, jobs, secrets } from '../../kube/resource.ts';
import { holds, notYet, waitFor } from '../../wait/wait-for.ts';
import { recordName, rewriteRecord } from '../helm-record.ts';
import { deploymentOf, releaseLabels } from '../release-objects.ts';
import { type Fault, injected, type ProveContext } from '../story.ts';

const expectRed = ['migration-job'];
const jobName = 'prove-migrate';
const failureDeadlineMs = 60_000;

/** A Job of the release's migration that is there beside a release which looks deployed. */
function planted(id: string, title: string, says: RegExp, spec: object, until: 'failed' | 'unfinished'): Fault {
  return {
    id: `migration-${id}`,
    title,
    expectRed,
    says,
    inject: async (context) => {
      const { environment, installed, signal } = context;
      const { api } = environment;
      const { namespace } = installed.site;
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
      return injected(remove);
    },
  };
}

/** Under the level `restricted` and with the very image of the release. */
async function jobWith(context: ProveContext, spec: object): Promise<Job> {
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
              // Without its settings: this one really fails.
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

async function removed({ environment, installed }: ProveContext): Promise<void> {
  const { api } = environment;
  const { namespace } = installed.site;
  await api.delete(jobs, namespace, jobName);
  await waitFor(
    `Job ${jobName} to be gone`,
    async () => ((await api.find(jobs, namespace, jobName)) === undefined ? holds(undefined) : notYet('it is there')),
    { deadlineMs: failureDeadlineMs, intervalMs: 100 },
  );
}

/** Helm's own record of the release says something else. */
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

/** Only a label of the record says something else. */
function labelled(id: string, title: string, says: RegExp, labels: Readonly<Record<string, string>>): Fault {
  return {
    id: `release-${id}`,
    title,
    expectRed,
    says,
    inject: async (context) => {
      const { api } = context.environment;
      const { namespace } = context.installed.site;
      const name = recordName(context, 1);
      const { metadata } = await api.get(secrets, namespace, name);
      const before = Object.fromEntries(Object.keys(labels).map((label) => [label, metadata?.labels?.[label] ?? null]));
      await api.patch(secrets, namespace, name, { metadata: { labels } });
      return injected(async () => {
        await api.patch(secrets, namespace, name, { metadata: { labels: before } });
      });
    },
  };
}

/** Check 2 of the contract: the Job succeeded, or is gone while the release is deployed. */
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
