import { mapTexts } from '@meho/core/report/run-report';
import { fitForMarkup, withoutOrdersInMarkup } from '@meho/core/report/safe-text';
import { XMLBuilder } from 'fast-xml-parser';
import type { FindingReport, FlowReport, MatrixDocument } from './document.ts';

/** Unprobed items are skipped cases. */
export function junitOf(document: MatrixDocument): string {
  const { findings, flows, skipped, durationMs, startedAt } = document;
  const byFlow = new Map(findings.flatMap((finding) => (finding.flow === undefined ? [] : [[finding.flow, finding]])));
  const ofNone = findings.filter(({ flow }) => flow === undefined);
  const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true });
  const suite = {
    '@name': 'network-policy',
    '@tests': flows.length + skipped.length + ofNone.length,
    '@failures': findings.length,
    '@errors': 0,
    '@skipped': skipped.length + document.accepted.length,
    '@time': seconds(durationMs),
    '@timestamp': startedAt,
    testcase: [
      ...flows.map((flow) => flowCase(flow, byFlow.get(flow.id))),
      ...ofNone.map((finding) => ({
        '@classname': 'network-policy',
        '@name': 'the matrix',
        '@time': seconds(durationMs),
        failure: failureOf(finding),
      })),
      ...skipped.map(({ what, why }) => ({
        '@classname': 'network-policy',
        '@name': what,
        '@time': '0.000',
        skipped: { '@message': why },
      })),
    ],
  };
  const texts = mapTexts({ testsuites: { testsuite: suite } }, fitForMarkup);
  return withoutOrdersInMarkup(`<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(texts)}`);
}

function flowCase({ source, target, declared, observed, accepted }: FlowReport, finding: FindingReport | undefined) {
  const says = { 'system-out': `${observed.answer}; contract: ${declared.rule}` };
  const passes =
    accepted === undefined
      ? says
      : { skipped: { '@message': `accepted ${accepted.check} because ${accepted.because}` }, ...says };
  return {
    '@classname': `network-policy.${source.title}`,
    '@name': `${target.title} (${target.host}:${target.port}/${target.protocol} by ${target.reachedBy})`,
    '@time': seconds(observed.tookMs),
    ...(finding === undefined ? passes : { failure: failureOf(finding) }),
  };
}

function failureOf({ kind, what, rule, evidence }: FindingReport) {
  return { '@message': what, '@type': kind, '#text': [what, rule, ...evidence].join('\n') };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
