import { gunzipSync, gzipSync } from 'node:zlib';
import { revisionStatuses } from '../../helm/history.ts';
import { secrets } from '../../kube/resource.ts';
import { type Fault, type Injected, injected, type ProveContext } from '../story.ts';

const expectRed = ['rolled-back'];

/** What Helm says of a revision in its own record, as far as it is changed here. */
interface ReleaseInfo {
  readonly status: string;
  readonly description: string;
}

/** Helm's record of the last revision, says something else. */
function rewritten(id: string, title: string, says: RegExp, info: Partial<ReleaseInfo>): Fault {
  return { id: `record-${id}`, title, expectRed, says, inject: (context) => rewrite(context, info) };
}

async function rewrite(context: ProveContext, info: Partial<ReleaseInfo>): Promise<Injected> {
  const { environment, installed } = context;
  const { namespace } = installed.site;
  const name = nameOf(context, (await revisionsOf(context)).at(-1) ?? 0);
  const kept = (await environment.api.get(secrets, namespace, name)).data?.['release'] ?? '';
  const helm = Buffer.from(Buffer.from(kept, 'base64').toString('latin1'), 'base64');
  const before: { readonly info: ReleaseInfo } = JSON.parse(gunzipSync(helm).toString('utf8'));
  const after = gzipSync(JSON.stringify({ ...before, info: { ...before.info, ...info } })).toString('base64');
  const write = async (release: string) => {
    await environment.api.patch(secrets, namespace, name, { data: { release } });
  };
  await write(Buffer.from(after).toString('base64'));
  return injected(() => write(kept));
}

async function revisionsOf({ environment, installed }: ProveContext): Promise<readonly number[]> {
  const { api, request } = environment;
  const found = await revisionStatuses(api, installed.site.namespace, request.subject.release);
  return found.map(({ revision }) => revision);
}

function nameOf({ environment }: ProveContext, revision: number): string {
  return `sh.helm.release.v1.${environment.request.subject.release}.v${revision}`;
}

/** Check 1a of the contract: at least two revisions, and the last is a rollback that came to its end. */
export const record: readonly Fault[] = [
  rewritten('failed', 'the rollback failed', /is failed.*helm -n \S+ rollback meho \d+ --wait/, { status: 'failed' }),
  rewritten('pending', 'the rollback was broken off', /is pending-rollback/, { status: 'pending-rollback' }),
  rewritten('later', 'it says that it went back to a later revision', /Rollback to 99/, {
    description: 'Rollback to 99',
  }),
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
          await environment.api.patch(secrets, installed.site.namespace, nameOf(context, revision), patch);
        }
      };
      await owned('nobody');
      return injected(() => owned('helm'));
    },
  },
];
