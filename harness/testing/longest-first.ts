import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes of waiting for clusters, or of compiling: begun last, one of these would keep a single worker busy at the end. */
const long = [
  'cluster/k3s.spec.ts',
  'images/node/node-faults.spec.ts',
  'images/node/init.spec.ts',
  'commands/foreign-acceptance.spec.ts',
  'contract/real-cluster.spec.ts',
  'migrations/reality/run-corpus.spec.ts',
  'ingress/controller.spec.ts',
  'commands/kill.spec.ts',
];

/** The files that are known to take long come first, the others in the runner's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = long.findIndex((name) => moduleId.endsWith(`/${name}`));
      return place === -1 ? long.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
