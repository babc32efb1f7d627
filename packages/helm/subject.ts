export interface Subject {
  readonly namespace: string;
  readonly release: string;
}

/** Needs role operator or tenant_admin (contract, the backplane's surface). */
export const HEALTH_PATH = '/api/v1/health';

/** A command that shows what the release's own pods said: a neighbour's are of another instance. */
export function logsOf(subject: Subject): string {
  return `kubectl -n ${subject.namespace} logs -l ${selectorOf(subject)} --tail=50`;
}

/** Selects by label, never by a guessed name (contract, what every verifier does). */
export function selectorOf({ release }: Subject, component?: string): string {
  const labels = [`app.kubernetes.io/name=meho`, `app.kubernetes.io/instance=${release}`];
  return [...labels, ...(component === undefined ? [] : [`app.kubernetes.io/component=${component}`])].join(',');
}
