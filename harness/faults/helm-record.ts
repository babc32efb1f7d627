import { gzipSync } from 'node:zlib';
import { revisionStatuses } from '@meho/helm/history';
import { documentOf, type ReleaseDocument } from '@meho/helm/record';
import { secrets } from '@meho/kube/api/resource';
import { type Injection, injection, type ReleaseContext } from './fault.ts';

/** Assumes that Helm stores revisions in Secrets. */
export function recordName({ environment }: ReleaseContext, revision: number): string {
  return `sh.helm.release.v1.${environment.request.subject.release}.v${revision}`;
}

/** Oldest first. */
export async function revisionsOf({ environment, installed }: ReleaseContext): Promise<readonly number[]> {
  const { api, request } = environment;
  const found = await revisionStatuses(api, installed.target.namespace, request.subject.release);
  return found.map(({ revision }) => revision);
}

/** Changes the newest revision, and its status label along with it. */
export async function rewriteRecord(
  context: ReleaseContext,
  change: (document: ReleaseDocument) => ReleaseDocument,
): Promise<Injection> {
  const { environment, installed } = context;
  const { namespace } = installed.target;
  const name = recordName(context, (await revisionsOf(context)).at(-1) ?? 0);
  const { metadata, data } = await environment.api.get(secrets, namespace, name);
  const before = documentOf({ kind: 'Secret', ...(data === undefined ? {} : { data }) });
  const after = change(before);
  const packed = gzipSync(JSON.stringify(after)).toString('base64');
  const write = async (release: string | undefined, status: string | undefined) => {
    await environment.api.patch(secrets, namespace, name, { metadata: { labels: { status } }, data: { release } });
  };
  await write(Buffer.from(packed).toString('base64'), after.info?.status);
  return injection(() => write(data?.['release'], metadata?.labels?.['status']));
}
