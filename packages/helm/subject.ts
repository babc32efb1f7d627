export interface Subject {
  readonly namespace: string;
  readonly release: string;
}

/** Needs role operator or tenant_admin (contract, the backplane's surface). */
export const HEALTH_PATH = '/api/v1/health';

/** Selects by label, never by a guessed name (contract, what every verifier does). */
export function selectorOf({ release }: Subject, component?: string): string {
  const labels = [`app.kubernetes.io/name=meho`, `app.kubernetes.io/instance=${release}`];
  return [...labels, ...(component === undefined ? [] : [`app.kubernetes.io/component=${component}`])].join(',');
}
