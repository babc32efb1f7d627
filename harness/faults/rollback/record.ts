import type { ReleaseDocument } from '@meho/helm/record';
import { secrets } from '@meho/kube/api/resource';
import { type Fault, injection } from '../fault.ts';
import { recordName, revisionsOf, rewriteRecord } from '../helm-record.ts';

const expectRed = ['rolled-back'];

function rewritten(id: string, title: string, says: RegExp, info: NonNullable<ReleaseDocument['info']>): Fault {
  return {
    id: `record-${id}`,
    title,
    expectRed,
    says,
    inject: (context) => rewriteRecord(context, (document) => ({ ...document, info: { ...document.info, ...info } })),
  };
}

/** Check 1a: at least two revisions, the last one a completed rollback. */
export const record: readonly Fault[] = [
  rewritten('failed', 'the rollback failed', /is failed.*helm -n \S+ rollback meho \d+ --wait/, { status: 'failed' }),
  rewritten('pending', 'the rollback was broken off', /is pending-rollback.*helm -n \S+ rollback meho \d+ --wait/, {
    status: 'pending-rollback',
  }),
  rewritten('later', 'it says that it went back to a later revision', /went back to revision 99/, {
    rollback_revision: 99,
  }),
  {
    id: 'record-own-runs',
    title: 'it calls itself a rollback, and its hooks ran for it',
    expectRed,
    says: /ran for it, which a rollback doesn't do/,
    inject: (context) =>
      rewriteRecord(context, ({ hooks, info, ...document }) => {
        const { rollback_revision: _word, ...rest } = info ?? {};
        const started_at = info?.last_deployed ?? null;
        return {
          ...document,
          info: { ...rest, description: 'Rollback to 1' },
          hooks: (hooks ?? []).map((hook) => ({ ...hook, last_run: { ...hook.last_run, started_at } })),
        };
      }),
  },
  {
    id: 'record-only-one',
    title: 'of the earlier revisions none is left',
    expectRed,
    says: /only one revision/,
    inject: async (context) => {
      const { environment, installed } = context;
      const earlier = (await revisionsOf(context)).slice(0, -1);
      const owned = async (owner: string) => {
        for (const revision of earlier) {
          const patch = { metadata: { labels: { owner } } };
          await environment.api.patch(secrets, installed.target.namespace, recordName(context, revision), patch);
        }
      };
      await owned('nobody');
      return injection(() => owned('helm'));
    },
  },
];
