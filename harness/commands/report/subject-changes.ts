import type { TestSubject } from '@meho/core/report/run-report';

export interface SubjectChange {
  /** E.g. `Kubernetes`, `image digest of backplane`. */
  readonly what: string;
  /** Absent: the run doesn't say. */
  readonly before?: string;
  readonly after?: string;
}

/** What differs of what was under test, and where it was tested. */
export function subjectChanges(
  before: TestSubject | undefined,
  after: TestSubject | undefined,
): readonly SubjectChange[] {
  const was = factsOf(before);
  const is = factsOf(after);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [old, now] = [was.get(what), is.get(what)];
    return old === now
      ? []
      : [{ what, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

/** By what it is called to people. */
export function factsOf(subject: TestSubject | undefined): ReadonlyMap<string, string> {
  if (subject === undefined) {
    return new Map();
  }
  const { cluster, chart, helm, release, image, images } = subject;
  return new Map([
    ['image', image.reference],
    ['commit of the image', image.gitSha],
    ['chart', `${chart.name} ${chart.version}`],
    ['chart from', chart.reference],
    ['release', release],
    ['distribution', cluster.distribution],
    ['Kubernetes', cluster.kubernetesVersion],
    ['policy engine', cluster.policyEngine],
    ['node', cluster.origin],
    ...(helm === undefined ? [] : [['helm', helm] as const]),
    ...images.map(({ name, id }) => [`image digest of ${name}`, id] as const),
  ]);
}
