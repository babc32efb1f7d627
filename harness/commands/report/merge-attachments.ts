import { cp, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@meho/core/problem';
import type { Attachment } from '@meho/core/report/run-report';
import type { Shard } from './merge-findings.ts';

export interface CopiedFiles {
  readonly attachments: readonly Attachment[];
  /** A line for each file that a report names and that can't be copied. */
  readonly notes: readonly string[];
}

/** Copies what the reports of shards link to beside the whole report, each into a folder of its own. */
export async function copyAttachments(shards: readonly Shard[], folder: string): Promise<CopiedFiles> {
  const attachments: Attachment[] = [];
  const notes: string[] = [];
  // Of an earlier merge.
  await Promise.all(
    shards.map(({ shard }) => rm(path.join(folder, shardFolder(shard.index)), { recursive: true, force: true })),
  );
  for (const { place, report, shard } of shards) {
    const from = await realpath(place.endsWith('.json') ? path.dirname(place) : place);
    for (const attachment of report.attachments) {
      const target = `${shardFolder(shard.index)}/${attachment.path}`;
      try {
        const source = await realpath(path.join(from, attachment.path));
        // A report may be anybody's text: it brings nothing from elsewhere.
        if (path.relative(from, source).startsWith('..')) {
          throw new Error('it is outside the folder of its run');
        }
        await cp(source, path.join(folder, target), { recursive: true });
        attachments.push({ ...attachment, path: target });
      } catch (error) {
        notes.push(`${place}: expected ${attachment.path}, which its report names; seen ${messageOf(error)}`);
      }
    }
  }
  return { attachments, notes };
}

/** Below the whole report's. */
export const shardFolder = (index: number) => `shard-${index}`;
