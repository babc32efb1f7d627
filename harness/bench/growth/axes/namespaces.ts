import path from 'node:path';
import { writeKubeconfig } from '@meho/kube/testing/stub-api-server';
import type { Axis, GrowthPlace } from '../axis.ts';
import { backplaneFlags, callOf, caOf, installArgs, operator, smokeArgs } from '../calls.ts';
import { serveObjects } from '../stand-in-objects.ts';
import { releaseObjects, together } from '../stand-in-release.ts';

const sizes = [1, 10, 100, 500];

async function cluster(place: GrowthPlace) {
  const objects = place.use(await serveObjects(place.authority));
  const kubeconfig = await writeKubeconfig(path.join(place.folder, 'kubeconfig'), caOf(place), objects.port);
  return { objects, flags: ['--kubeconfig', kubeconfig] };
}

const neighbours = (count: number) =>
  together([
    releaseObjects('meho'),
    ...Array.from({ length: count - 1 }, (_, index) => releaseObjects(`lab-${index}`, `lab-${index}.example.com`)),
  ]);

/** One release is asked about, each of the other namespaces has one of its own. */
const install: Axis = {
  name: 'install-namespaces',
  title: 'install-verify by namespaces with a release each',
  unit: 'namespaces',
  sizes,
  law: { msEach: 0, mib: 120 },
  async prepare(place) {
    const { objects, flags } = await cluster(place);
    const args = [...installArgs, ...(await backplaneFlags(place)), ...flags];
    return async (size) => {
      objects.replace(neighbours(size));
      return callOf(place, { args, says: /\[ok\] .*Deployment/ });
    };
  },
};

const smoke: Axis = {
  name: 'smoke-namespaces',
  title: 'smoke by namespaces with a release each',
  unit: 'namespaces',
  sizes,
  law: { msEach: 0, mib: 120 },
  async prepare(place) {
    const { objects, flags } = await cluster(place);
    const args = [...smokeArgs, ...(await backplaneFlags(place)), ...flags];
    return async (size) => {
      objects.replace(neighbours(size));
      return callOf(place, { args, says: /\[ok\] .*igration/, env: operator });
    };
  },
};

const day = 24 * 3600_000;
/** Of a smoke that was killed a day ago. */
const leftover = (number: number) => ({
  metadata: {
    name: `meho-ci-${number}`,
    uid: `uid-${number}`,
    labels: { 'meho.io/managed-by': 'pr-smoke', 'meho.io/pr-number': String(number) },
    creationTimestamp: new Date(Date.now() - day).toISOString(),
  },
});

/** All of them are removed, which is work for each. */
const reap: Axis = {
  name: 'reap-leftovers',
  title: 'reap by namespaces that killed smokes left',
  unit: 'namespaces',
  sizes,
  law: { msEach: 10, mib: 120 },
  async prepare(place) {
    const { objects, flags } = await cluster(place);
    return async (size) => {
      const namespaces = Array.from({ length: size }, (_, index) => leftover(index + 1));
      const args = ['pr-smoke', 'reap', ...flags];
      // What one run removed is there again for the next.
      return {
        ...callOf(place, { args, says: new RegExp(`reap: ${size} removed, 0 left, 0 failed`) }),
        before: () => objects.replace({ namespaces }),
      };
    };
  },
};

/** None of them is a smoke's. */
const reapNothing: Axis = {
  name: 'reap-namespaces',
  title: 'reap by namespaces that are none of its business',
  unit: 'namespaces',
  sizes,
  law: { msEach: 0, mib: 120 },
  async prepare(place) {
    const { objects, flags } = await cluster(place);
    return async (size) => {
      objects.replace(neighbours(size));
      return callOf(place, { args: ['pr-smoke', 'reap', ...flags], says: /reap: 0 removed, 0 left, 0 failed/ });
    };
  },
};

export const namespaceAxes = [install, smoke, reap, reapNothing];
