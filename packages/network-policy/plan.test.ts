import { describe, expect, test } from 'vitest';
import type { Cell, Target } from './matrix.ts';
import { isWorthwhile, measurableTargets, sourceFor, sourcesOf, withoutUnresolvableNames } from './plan.ts';
import { aDenial, aPod, aSource, aTarget, seen } from './testing/cells.ts';

const backplane = aPod('meho', 'backplane');
const broadcast = aPod('meho', 'broadcast');
const stand = (pod: string) => ({ namespace: 'meho', pod, container: 'probe' });

describe('sources', () => {
  const containers = new Map([
    ['backplane', stand('backplane')],
    ['broadcast', stand('broadcast')],
  ] as const);
  test('each place with a pod is one', () => {
    const { sources, lost } = sourcesOf({ containers }, { pods: [backplane, broadcast] });
    expect(sources.map(({ source }) => source.id)).toEqual(['backplane', 'broadcast']);
    expect(lost).toEqual([]);
  });
  test('a place whose pod is gone is told, not left out', () => {
    const { sources, lost } = sourcesOf({ containers }, { pods: [backplane] });
    expect(sources.map(({ source }) => source.id)).toEqual(['backplane']);
    expect(lost).toEqual([{ what: 'flows from the broadcast pod', why: 'meho/broadcast no longer runs' }]);
  });
});

describe('what is asked', () => {
  const targets = [aTarget(), aTarget({ id: 'sctp', protocol: 'SCTP' })];
  test('without SCTP and IPv6, both are skipped with their reasons', () => {
    const asked = measurableTargets(targets, { sctp: 'protocol not supported', ipv6: [] });
    expect(asked.targets).toEqual([targets[0]]);
    expect(asked.skipped).toEqual([
      { what: 'SCTP (1 targets)', why: 'the kernel of the node says: protocol not supported' },
      { what: 'IPv6', why: "the cluster's pods have no IPv6 address" },
    ]);
  });
  test('with SCTP it is asked', () => {
    expect(measurableTargets(targets, { sctp: 'available', ipv6: [] }).targets).toEqual(targets);
  });
  test('IPv6 that pods have and nobody can be asked by is told', () => {
    const { skipped } = measurableTargets([aTarget()], { sctp: 'available', ipv6: ['fd00::7'] });
    expect(skipped).toEqual([{ what: 'IPv6', why: 'pods have IPv6, but the API names no such address' }]);
  });
  test('IPv6 that is asked is no skip, but for what the probe can’t', () => {
    const { skipped } = measurableTargets([aTarget({ host: 'fd00::7' })], { sctp: 'available', ipv6: ['fd00::8'] });
    expect(skipped.map(({ what }) => what)).toEqual(['SCTP by IPv6, Services by IPv6']);
  });
});

test('to an IPv6 address, a pod comes with its own', () => {
  const both = { ...backplane, ip6: 'fd00::7' };
  expect(sourceFor(both, { kind: 'address', name: 'x', ip: 'fd00::9' }).ip).toBe('fd00::7');
  expect(sourceFor(both, { kind: 'address', name: 'x', ip: '10.9.0.3' }).ip).toBe('10.42.0.7');
});

test('a pod is not asked by itself, nor by a Service that may lead back to it', () => {
  const own = aTarget({ endpoint: backplane, reachedBy: 'pod IP' });
  const service = aTarget({ endpoint: broadcast, behind: [broadcast, backplane], reachedBy: 'Service IP' });
  expect(isWorthwhile(backplane, own, false)).toBe(false);
  expect(isWorthwhile(backplane, own, true)).toBe(true);
  expect(isWorthwhile(backplane, service, true)).toBe(false);
  expect(isWorthwhile(aPod('meho', 'bare'), service, false)).toBe(true);
});

describe('names that can’t be asked for', () => {
  const dnsTarget: Target = aTarget({ id: 'dns-53-udp', protocol: 'UDP', endpoint: aPod('kube-system', 'coredns') });
  const dns = aDenial({ target: dnsTarget });
  const unresolved: Cell = aDenial({
    target: aTarget({ id: 'by-name', reachedBy: 'Service name' }),
    observed: { ...seen('could not probe', ''), obstacle: 'name not resolved' },
  });
  test('are left out with a note where the source’s DNS is seen to be denied', () => {
    const { kept, unnamed } = withoutUnresolvableNames([dns, unresolved]);
    expect(kept).toEqual([dns]);
    expect(unnamed).toMatchObject([{ what: '1 targets by Service name, from the backplane pod' }]);
  });
  test.each<[string, readonly Cell[]]>([
    ['no cell shows its DNS', [unresolved]],
    ['its DNS is open', [{ ...dns, observed: seen('connected') }, unresolved]],
    ['its DNS could not be probed', [{ ...dns, observed: seen('could not probe') }, unresolved]],
    ['it is another source’s DNS that is denied', [{ ...dns, source: aSource(aPod('meho', 'bare')) }, unresolved]],
    ['only a DNS server elsewhere is denied', [{ ...dns, target: { ...dnsTarget, id: 'other-53-udp' } }, unresolved]],
    ['only DNS by TCP is denied', [{ ...dns, target: { ...dnsTarget, protocol: 'TCP' } }, unresolved]],
  ])('stay where %s', (_, cells) => expect(withoutUnresolvableNames(cells).kept).toEqual(cells));
  test('stay where they could not be probed for another reason', () => {
    const broken = { ...unresolved, observed: { ...seen('could not probe'), obstacle: 'not run' } as const };
    expect(withoutUnresolvableNames([dns, broken]).kept).toEqual([dns, broken]);
  });
});
