import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { documentOf, startTime, storeRecord } from '@meho/helm/testing/records';
import { writeKubeconfig } from '@meho/kube/testing/stub-api-server';
import type { Axis } from '../axis.ts';
import { backplaneFlags, callOf, caOf, rollbackArgs } from '../calls.ts';
import { type StandInObject, serveObjects } from '../stand-in-objects.ts';
import { releaseObjects } from '../stand-in-release.ts';

/** About what the release of a chart has, packed. */
const noise = () => randomBytes(10_000).toString('hex');

/** A history that ends in a rollback to its revision before the last. */
function recordsOf(count: number, isWrittenDown: boolean): readonly StandInObject[] {
  return Array.from({ length: count }, (_, index) => {
    const revision = index + 1;
    const isLast = revision === count;
    const content = isLast || revision === count - 2 || count === 2 ? 'N' : 'N+1';
    const document = documentOf({ revision: 1, status: isLast ? 'deployed' : 'superseded', run: 'never', content });
    const info = {
      ...document.info,
      last_deployed: startTime(1).replace(
        '30T01:00:00',
        `30T${twoDigits(index / 3600)}:${twoDigits((index / 60) % 60)}:${twoDigits(index % 60)}`,
      ),
      ...(isLast ? { description: `Rollback to ${Math.max(1, count - 2)}` } : {}),
      ...(isLast && isWrittenDown ? { rollback_revision: Math.max(1, count - 2) } : {}),
    };
    const { metadata, kind, data } = storeRecord({ ...document, version: revision, info, config: { noise: noise() } });
    return {
      kind,
      type: 'helm.sh/release.v1',
      data,
      metadata: { ...metadata, name: metadata?.name ?? '', namespace: 'meho' },
    };
  });
}

const twoDigits = (value: number) => String(Math.floor(value)).padStart(2, '0');

function axis(name: string, by: string, isWrittenDown: boolean, law: Axis['law'], says: RegExp): Axis {
  return {
    name,
    title: `rollback-verify by revisions, ${by}`,
    unit: 'revisions',
    sizes: [3, 30, 150, 500],
    law,
    async prepare(place) {
      const objects = place.use(await serveObjects(place.authority));
      const kubeconfig = await writeKubeconfig(path.join(place.folder, 'kubeconfig'), caOf(place), objects.port);
      const args = [...rollbackArgs, ...(await backplaneFlags(place)), '--kubeconfig', kubeconfig];
      return async (size) => {
        objects.replace({ ...releaseObjects('meho'), secrets: recordsOf(size, isWrittenDown) });
        return callOf(place, { args, says });
      };
    },
  };
}

export const revisionAxes = [
  axis(
    'revisions',
    'as Helm 4.3 and newer write them',
    true,
    { msEach: 0, mib: 120 },
    /\[ok\] Helm rolled the release back/,
  ),
];
