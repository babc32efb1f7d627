import { gzipSync } from 'node:zlib';
import { revisionStatuses } from '../helm/history.ts';
import { documentOf, type ReleaseDocument } from '../helm/record.ts';
import { secrets } from '../kube/resource.ts';
import { type Injected, injected, type ProveContext } from './story.ts';

/** The object in which Helm keeps a revision of the release; runs of this repository keep it in Secrets. */
export function recordName({ environment }: ProveContext, revision: number): string {
  return `sh.helm.release.v1.${environment.request.subject.release}.v${revision}`;
}

/** Numbers of the release's revisions, oldest first. */
export async function revisionsOf({ environment, installed }: ProveContext): Promise<readonly number[]> {
  const { api, request } = environment;
  const found = await revisionStatuses(api, installed.site.namespace, request.subject.release);
  return found.map(({ revision }) => revision);
}

/** Helm's record of the newest revision says something else: inside, and by its labels where it says that there as well. */
export async function rewriteRecord(
  context: ProveContext,
  change: (document: ReleaseDocument) => ReleaseDocument,
): Promise<Injected> {
  const { environment, installed } = context;
  const { namespace } = installed.site;
  const name = recordName(context, (await revisionsOf(context)).at(-1) ?? 0);
  const { metadata, data } = await environment.api.get(secrets, namespace, name);
  const before = documentOf({ kind: 'Secret', ...(data === undefined ? {} : { data }) });
  const after = change(before);
  const packed = gzipSync(JSON.stringify(after)).toString('base64');
  const write = async (release: string | undefined, status: string | undefined) => {
    await environment.api.patch(secrets, namespace, name, { metadata: { labels: { status } }, data: { release } });
  };
  await write(Buffer.from(packed).toString('base64'), after.info?.status);
  return injected(() => write(data?.['release'], metadata?.labels?.['status']));
}
