import type { Finding } from './findings.ts';
import type { Cell, Matrix } from './matrix.ts';
import { egressOpeners } from './semantics/evaluate.ts';

export type PromiseId = 'policy-matrix' | 'policy-broadcast' | 'policy-dns' | 'policy-denials';

/** Contract: DNS' port. */
const DNS = 53;

export function promiseOf(finding: Pick<Finding, 'kind' | 'cell'>, matrix: Matrix): PromiseId {
  const { kind, cell } = finding;
  if (kind === 'unproven denial') {
    return 'policy-denials';
  }
  switch (cell?.declared.about) {
    case 'broadcast':
      return 'policy-broadcast';
    case 'dns':
      return isTooWide(finding) && isOpenedForDns(cell, matrix) ? 'policy-dns' : 'policy-matrix';
    default:
      return 'policy-matrix';
  }
}

/** Open by objects and probe, closed by contract: the engine works and nothing is unknown. */
export function isTooWide({ kind, cell }: Pick<Finding, 'kind' | 'cell'>): boolean {
  return (
    kind === 'disagreement' &&
    cell !== undefined &&
    !cell.declared.allowed &&
    cell.computed.allowed &&
    cell.observed.answer === 'connected'
  );
}

/** False if the rule opens more than DNS. */
function isOpenedForDns({ source, target }: Cell, { policies, semantics }: Matrix): boolean {
  const { endpoint: to, endpointPort: port, protocol } = target;
  const openers = egressOpeners(policies, { from: source.pod, to, port, protocol }, semantics);
  return openers.length > 0 && openers.every((ports) => ports.length > 0 && ports.every(isDns));
}

function isDns({ port, endPort, protocol = 'TCP' }: { port?: unknown; endPort?: number; protocol?: string }): boolean {
  return port === DNS && (endPort ?? DNS) === DNS && (protocol === 'UDP' || protocol === 'TCP');
}
