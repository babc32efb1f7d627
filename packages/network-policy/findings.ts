import type { Cell, Control, Matrix } from './matrix.ts';
import { isTooWide, type PromiseId, promiseOf } from './promises.ts';
import { explain } from './semantics/explain.ts';

export type Table = 'declared' | 'computed' | 'observed';

/** A matrix without findings is a proof. */
export interface Finding {
  readonly kind: /** Two of the three tables differ on a flow. */
    | 'disagreement'
    /** Says nothing about the network, and is never green. */
    | 'could not probe'
    /** No probe of the same path connected: the target may be dead. */
    | 'unproven denial'
    | 'nothing measured';
  readonly cell?: Cell;
  readonly disagree: readonly (readonly [Table, Table])[];
  /** Same text for the same cause: omits the flow. */
  readonly what: string;
  /** The contract's rule, and the matching rule per object, if any. */
  readonly rule: string;
  readonly evidence: readonly string[];
  readonly check: PromiseId;
  /** The objects open what the contract closes, and nothing else is wrong. */
  readonly tooWide: boolean;
}

type Plain = Omit<Finding, 'check' | 'tooWide'>;

/** Missing flows first, then in cell order. */
export function findingsOf(matrix: Matrix): readonly Finding[] {
  return plainFindings(matrix).map((finding) => ({
    ...finding,
    check: promiseOf(finding, matrix),
    tooWide: isTooWide(finding),
  }));
}

function plainFindings(matrix: Matrix): readonly Plain[] {
  const lost = matrix.lost.map(({ what, why }): Plain => {
    return {
      kind: 'nothing measured',
      disagree: [],
      what: `${what}: had to be probed and was not`,
      rule: why,
      evidence: [],
    };
  });
  if (matrix.cells.length === 0) {
    const skipped = matrix.skipped.map(({ what, why }) => `${what}: ${why}`);
    const nothing = { kind: 'nothing measured', disagree: [], what: 'no flow was probed', rule: 'none' } as const;
    return [{ ...nothing, evidence: skipped }, ...lost];
  }
  const reached = new Set(matrix.cells.filter(isReached).flatMap((cell) => [cell.target.id, endpointId(cell)]));
  return [...lost, ...matrix.cells.flatMap((cell) => findingOf(cell, reached, matrix) ?? [])];
}

/** Undefined if not probed. */
function saysOf(table: Table, { declared, computed, observed }: Cell): 'open' | 'closed' | undefined {
  switch (table) {
    case 'declared':
      return declared.allowed ? 'open' : 'closed';
    case 'computed':
      return computed.allowed ? 'open' : 'closed';
    case 'observed':
      return observed.answer === 'could not probe' ? undefined : observed.answer === 'connected' ? 'open' : 'closed';
  }
}

/** `backplane pod → Postgres 5432/TCP by address`. */
export function flowOf({ source, target }: Cell): string {
  return `${source.title} → ${target.title} (${target.host}:${target.port}/${target.protocol})`;
}

export function sentenceOf(finding: Finding): string {
  const flow = finding.cell === undefined ? '' : `${flowOf(finding.cell)}: `;
  return [`${flow}${finding.what}`, finding.rule, ...finding.evidence].join('; ');
}

const pairs: readonly (readonly [Table, Table])[] = [
  ['declared', 'computed'],
  ['declared', 'observed'],
  ['computed', 'observed'],
];

function findingOf(cell: Cell, reached: ReadonlySet<string>, matrix: Matrix): Plain | undefined {
  const rule = ruleOf(cell, matrix);
  const evidence = evidenceOf(cell);
  if (cell.observed.answer === 'could not probe') {
    const { obstacle } = cell.observed;
    const what = `could not be probed${obstacle === undefined ? '' : ` (${obstacle})`}, which proves nothing`;
    const disagree = pairs.filter(([a, b]) => b !== 'observed' && saysOf(a, cell) !== saysOf(b, cell));
    return { kind: 'could not probe', cell, disagree, what, rule, evidence };
  }
  const disagree = pairs.filter(([a, b]) => saysOf(a, cell) !== saysOf(b, cell));
  if (disagree.length > 0) {
    return { kind: 'disagreement', cell, disagree, what: differenceOf(cell), rule, evidence };
  }
  const missing = saysOf('observed', cell) === 'open' ? undefined : missingProof(cell, reached);
  return missing === undefined
    ? undefined
    : { kind: 'unproven denial', cell, disagree: [], what: missing, rule, evidence };
}

/** If the tables disagree, exactly one stands alone. */
function differenceOf(cell: Cell): string {
  const [declared, computed, observed] = [saysOf('declared', cell), saysOf('computed', cell), saysOf('observed', cell)];
  const answer = cell.observed.answer;
  if (computed === observed) {
    return `the contract declares it ${declared}, but the NetworkPolicy objects say ${computed} and the probe ${answer}`;
  }
  if (declared === computed) {
    const engine = observed === 'open' ? 'the policy engine does not enforce it' : 'something else closes it';
    return `the contract and the NetworkPolicy objects say ${computed}, but the probe ${answer}: ${engine}`;
  }
  return `the NetworkPolicy objects say ${computed}, but the contract declares it ${declared} and the probe ${answer}`;
}

function missingProof(cell: Cell, reached: ReadonlySet<string>): string | undefined {
  const { controls, observed } = cell;
  const said = `${observed.answer}, as declared, but that proves no denial`;
  const has = (kind: Control['kind']) => controls.some((control) => control.kind === kind);
  if (!has('witness') && !(has('before') && has('after'))) {
    const made = controls.length === 0 ? 'there is no control' : `the only control is ${controls[0]?.title}`;
    return `${said}: ${made}; it takes the same probe without the policies, before and after, or a witness`;
  }
  const failed = controls.filter(({ answer }) => answer !== 'connected');
  if (failed.length > 0) {
    return `${said}: ${failed.map(({ title, answer }) => `${title}, it ${answer}, too`).join('; ')}`;
  }
  return has('witness') || reached.has(cell.target.id) || reached.has(endpointId(cell))
    ? undefined
    : `${said}: no peer that may reach this host did so at the same moment`;
}

function ruleOf(cell: Cell, matrix: Matrix): string {
  const sides = [`egress: ${explain('egress', cell, matrix)}`, `ingress: ${explain('ingress', cell, matrix)}`];
  return [`contract: ${cell.declared.rule}`, ...sides, ...onNodeNetwork(cell)].join('; ');
}

function onNodeNetwork({ source, target }: Cell): readonly string[] {
  const pods = [source.pod, target.endpoint].filter((end) => end.kind === 'pod' && end.hostNetwork);
  return pods.map(({ name }) => `${name} is on the node's network, where no policy holds`);
}

function evidenceOf({ observed, controls }: Cell): readonly string[] {
  return [{ title: 'probe', ...observed }, ...controls].map(({ title, answer, obstacle, tookMs, evidence }) => {
    const why = [obstacle, evidence].filter((text) => text !== undefined && text !== '').join(': ');
    return `${title}: ${answer} after ${Math.round(tookMs)} ms${why === '' ? '' : ` (${why})`}`;
  });
}

const isReached = ({ observed }: Cell) => observed.answer === 'connected';

function endpointId({ target: { endpoint } }: Cell): string {
  return endpoint.kind === 'pod' ? `pod ${endpoint.namespace}/${endpoint.name}` : `address ${endpoint.ip}`;
}

export interface FindingGroup<T> {
  readonly kind: Finding['kind'];
  readonly what: string;
  readonly rule: string;
  readonly findings: readonly T[];
}

/** By cause, largest first, so one wrong rule reads as one. */
export function grouped<T extends Pick<Finding, 'kind' | 'what' | 'rule'>>(
  findings: readonly T[],
): readonly FindingGroup<T>[] {
  const groups = Map.groupBy(findings, ({ kind, what, rule }) => JSON.stringify([kind, what, rule]));
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      return first === undefined ? [] : [{ kind: first.kind, what: first.what, rule: first.rule, findings: members }];
    })
    .toSorted((a, b) => b.findings.length - a.findings.length);
}
