import { html, type Markup } from '@meho/core/report/markup';
import type { FlowReport } from '../document.ts';

/** As in matrix.txt, so that colour tells nothing alone. */
export const letters: Readonly<Record<FlowReport['observed']['answer'], string>> = {
  connected: 'o',
  refused: 'r',
  'timed out': 't',
  'could not probe': '?',
};

/** For a class: what a probe saw. */
export function answerClass({ observed: { answer } }: FlowReport): 'open' | 'closed' | 'unknown' {
  return answer === 'connected' ? 'open' : answer === 'could not probe' ? 'unknown' : 'closed';
}

export function markOf({ verdict, accepted }: FlowReport): '!' | '~' | '' {
  return verdict === 'FAIL' ? '!' : accepted === undefined ? '' : '~';
}

export const pathOf = (flow: FlowReport) =>
  `${flow.source.title} → ${flow.target.title} (${flow.target.host}:${flow.target.port}/${flow.target.protocol})`;

export function targetOf({ target: { title, host, port, protocol } }: FlowReport): Markup {
  return html`${title}<br><span class="host">${host}:${port}/${protocol}</span>`;
}

type Side = FlowReport['computed']['egress'];

/** The rule that lets it through, or why there is none. */
export function sideOf(side: Side): string {
  if (!side.allowed) {
    return `closed: no rule of ${side.isolatedBy.join(', ')} lets it through`;
  }
  return side.because === 'rule' ? `open by ${side.rule}` : `open: ${side.because}`;
}

/** The contract's rule first, then those of objects. */
export function rulesOf({ declared, computed }: FlowReport): readonly string[] {
  const ofObjects = [computed.egress, computed.ingress].flatMap((side) =>
    !side.allowed ? side.isolatedBy : side.because === 'rule' ? [side.rule] : [],
  );
  return [...new Set([declared.rule, ...ofObjects])];
}
