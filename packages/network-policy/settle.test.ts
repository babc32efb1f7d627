import { expect, test } from 'vitest';
import type { Decision } from './semantics/evaluate.ts';
import { type PlannedFlow, sentinelsOf } from './settle.ts';
import { aPod, aSource, aTarget } from './testing/cells.ts';

const open = { allowed: true, because: 'not isolated' } as const;
const closed = { allowed: false, isolatedBy: ['meho/meho'] } as const;
const ruled = { allowed: true, because: 'rule', rule: 'meho/meho egress[1]' } as const;

function planned(id: string, decision: Decision, over: Partial<PlannedFlow['target']> = {}): PlannedFlow {
  const pod = aPod('meho', 'backplane');
  return {
    source: aSource(pod),
    container: { namespace: 'meho', pod: 'backplane', container: 'probe' },
    target: aTarget({ id, ...over }),
    decision,
  };
}

const denied: Decision = { allowed: false, egress: closed, ingress: open };

test('one flow stands for a closed side, one for a rule', () => {
  const first = planned('first', denied);
  const rule = planned('rule', { allowed: true, egress: ruled, ingress: open });
  expect(sentinelsOf([first, planned('second', denied), rule, planned('again', rule.decision)])).toEqual([first, rule]);
});

test('what both sides close stands for neither', () => {
  expect(sentinelsOf([planned('both', { allowed: false, egress: closed, ingress: closed })])).toEqual([]);
});

test('names and datagrams tell too late', () => {
  const byName = planned('name', denied, { reachedBy: 'Service name' });
  const datagram = planned('udp', denied, { protocol: 'UDP' });
  expect(sentinelsOf([byName, datagram])).toEqual([]);
});
