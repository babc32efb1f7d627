import { egressOpeners } from './evaluate.ts';
import type { Finding } from './findings.ts';
import type { Cell, Matrix } from './matrix.ts';

/** The checks that a finding can turn red, each one promise. */
export type PromiseId = 'policy-matrix' | 'policy-broadcast' | 'policy-dns' | 'policy-denials';

/** Contract: DNS' port. */
const DNS = 53;

/** Which promise a finding breaks. */
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

/** Open by the objects and to the probe where the contract closes it: no engine at fault, and nothing that is unknown. */
export function isTooWide({ kind, cell }: Pick<Finding, 'kind' | 'cell'>): boolean {
  return (
    kind === 'disagreement' &&
    cell !== undefined &&
    !cell.declared.allowed &&
    cell.computed.allowed &&
    cell.observed.answer === 'connected'
  );
}

/** A rule that opens more than DNS is no wide DNS rule, though DNS goes through it. */
function isOpenedForDns({ source, target }: Cell, { world, dialect }: Matrix): boolean {
  const { endpoint: to, endpointPort: port, protocol } = target;
  const openers = egressOpeners(world, { from: source.pod, to, port, protocol }, dialect);
  return openers.length > 0 && openers.every((ports) => ports.length > 0 && ports.every(isDns));
}

function isDns({ port, endPort, protocol = 'TCP' }: { port?: unknown; endPort?: number; protocol?: string }): boolean {
  return port === DNS && (endPort ?? DNS) === DNS && (protocol === 'UDP' || protocol === 'TCP');
}
