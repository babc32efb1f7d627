import { jsonText } from '@meho/core/report/safe-text';
import { type Finding, findingsOf, type Table } from '../findings.ts';
import type { Cell, Control, Matrix, Observed } from '../matrix.ts';

/** E.g. `{ namespace: 'meho', release: 'meho', cluster: 'k3s v1.34' }`. */
export type Subject = Readonly<Record<string, string>>;

export interface FlowReport {
  /** `<source>><target>`, unique in a matrix. */
  readonly id: string;
  readonly source: { readonly id: string; readonly title: string; readonly pod: string; readonly ip: string };
  readonly target: {
    readonly id: string;
    readonly title: string;
    readonly host: string;
    readonly port: number;
    readonly protocol: Cell['target']['protocol'];
    readonly reachedBy: Cell['target']['reachedBy'];
    /** After translation of a Service's address. */
    readonly endpoint: string;
    readonly endpointPort: number;
  };
  readonly verdict: 'ok' | 'FAIL';
  /** Counts as `ok`, although something is wrong. */
  readonly accepted?: { readonly check: string; readonly because: string };
  readonly declared: Pick<Cell['declared'], 'allowed' | 'rule'>;
  readonly computed: Cell['computed'];
  readonly observed: Observed;
  readonly controls: readonly Control[];
}

export interface FindingReport {
  readonly kind: Finding['kind'];
  readonly flow?: string;
  readonly disagree: readonly (readonly [Table, Table])[];
  readonly what: string;
  readonly rule: string;
  readonly evidence: readonly string[];
  readonly check: string;
}

export interface AcceptedReport extends FindingReport {
  readonly because: string;
}

/** Published as `matrix.schema.json`. */
export interface MatrixDocument {
  readonly schemaVersion: 1;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly subject: Subject;
  /** Accepted findings don't fail. */
  readonly outcome: 'passed' | 'failed';
  readonly counts: Counts;
  readonly flows: readonly FlowReport[];
  readonly findings: readonly FindingReport[];
  /** Not counted as findings. */
  readonly accepted: readonly AcceptedReport[];
  readonly skipped: Matrix['skipped'];
}

export interface Counts {
  readonly flows: number;
  readonly probes: number;
  readonly open: number;
  readonly refused: number;
  readonly timedOut: number;
  readonly couldNotProbe: number;
  readonly findings: number;
  readonly accepted: number;
}

/**
 * Texts contain no line breaks or control characters.
 *
 * @param reasons for accepting findings, by check id
 */
export function documentOf(
  matrix: Matrix,
  subject: Subject = {},
  reasons: ReadonlyMap<string, string> = new Map(),
): MatrixDocument {
  const all = findingsOf(matrix);
  const findings = all.filter(({ check }) => !reasons.has(check));
  const accepted = all.flatMap((finding) => {
    const because = reasons.get(finding.check);
    return because === undefined ? [] : [{ ...finding, because }];
  });
  const wrong = new Set(findings.map(({ cell }) => cell));
  const count = (answer: Observed['answer']) =>
    matrix.cells.filter(({ observed }) => observed.answer === answer).length;
  return plain({
    schemaVersion: 1,
    startedAt: matrix.startedAt,
    durationMs: Math.round(matrix.tookMs),
    subject,
    outcome: findings.length === 0 ? 'passed' : 'failed',
    counts: {
      flows: matrix.cells.length,
      probes: matrix.probes,
      open: count('connected'),
      refused: count('refused'),
      timedOut: count('timed out'),
      couldNotProbe: count('could not probe'),
      findings: findings.length,
      accepted: accepted.length,
    },
    flows: matrix.cells.map((cell) =>
      wrong.has(cell)
        ? flowReport(cell, 'FAIL')
        : flowReport(
            cell,
            'ok',
            accepted.find((finding) => finding.cell === cell),
          ),
    ),
    findings: findings.map(findingReport),
    accepted: accepted.map((finding) => ({ ...findingReport(finding), because: finding.because })),
    skipped: matrix.skipped.map(({ what, why }) => ({ what, why })),
  });
}

export function jsonOf(document: MatrixDocument): string {
  return `${jsonText(document)}\n`;
}

export function probesPerSecond({ counts, durationMs }: MatrixDocument): number {
  return durationMs === 0 ? 0 : (counts.probes * 1000) / durationMs;
}

const flowId = ({ source, target }: Cell) => `${source.id}>${target.id}`;

function findingReport({ cell, kind, disagree, what, rule, evidence, check }: Finding): FindingReport {
  return { kind, ...(cell === undefined ? {} : { flow: flowId(cell) }), disagree, what, rule, evidence, check };
}

function flowReport(
  cell: Cell,
  verdict: FlowReport['verdict'],
  accepted?: Pick<AcceptedReport, 'check' | 'because'>,
): FlowReport {
  const { source, target, declared, computed, observed, controls } = cell;
  const { id, title, host, port, protocol, reachedBy, endpoint, endpointPort } = target;
  return {
    id: flowId(cell),
    source: { id: source.id, title: source.title, pod: nameOf(source.pod), ip: source.pod.ip },
    target: { id, title, host, port, protocol, reachedBy, endpoint: nameOf(endpoint), endpointPort },
    verdict,
    ...(accepted === undefined ? {} : { accepted: { check: accepted.check, because: accepted.because } }),
    declared: { allowed: declared.allowed, rule: declared.rule },
    computed: { allowed: computed.allowed, egress: computed.egress, ingress: computed.ingress },
    observed: observedReport(observed),
    controls: controls.map(({ kind, title: name, ...seen }) => ({ kind, title: name, ...observedReport(seen) })),
  };
}

function observedReport({ answer, obstacle, tookMs, evidence }: Observed): Observed {
  return { answer, ...(obstacle === undefined ? {} : { obstacle }), tookMs: Math.round(tookMs), evidence };
}

function nameOf(endpoint: Cell['target']['endpoint']): string {
  return endpoint.kind === 'pod' ? `${endpoint.namespace}/${endpoint.name}` : `${endpoint.name} ${endpoint.ip}`;
}

/** Replaces characters from the cluster that break lines, terminals or XML with spaces. */
function plain<T>(value: T): T {
  const text = JSON.stringify(value, (_, each) =>
    typeof each === 'string' ? each.replace(/[\p{Cc}\u2028\u2029\uFFFE\uFFFF]+/gu, ' ').toWellFormed() : each,
  );
  return JSON.parse(text);
}
