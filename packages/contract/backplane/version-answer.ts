import type { Subject } from '@meho/helm/subject';
import type { Verdict, Violated } from '../check.ts';
import {
  describeStatus,
  hostOf,
  isWebPage,
  jsonObject,
  noAnswerVerdict,
  OTHER_HINT,
  statusHint,
  WEB_PAGE_HINT,
} from './answers.ts';
import type { Reply } from './backplane.ts';

export type VersionAnswer =
  | {
      readonly kind: 'member';
      readonly value: unknown;
      readonly violated: (observed: string, hint: string) => Violated;
    }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

export function versionMember(
  subject: Subject,
  expected: string,
  reply: Reply,
  member: 'git_sha' | 'chart_version',
): VersionAnswer {
  if (reply.kind === 'none') {
    return { kind: 'verdict', verdict: noAnswerVerdict(expected, reply.error) };
  }
  const violated = (observed: string, hint: string): Violated => ({
    outcome: 'violated',
    expected,
    observed,
    hint,
    severity: 'failure',
  });
  const notItsOwn = (observed: string, hint: string): VersionAnswer => ({
    kind: 'verdict',
    verdict: { ...violated(observed, hint), ...hostOf(reply) },
  });
  if (reply.status !== 200) {
    return notItsOwn(describeStatus(reply), statusHint(reply, subject));
  }
  const body = jsonObject(reply);
  if (body.kind === 'wrong') {
    return notItsOwn(body.observed, isWebPage(reply) ? WEB_PAGE_HINT : OTHER_HINT);
  }
  const value = body.value[member];
  // An image built without the argument still has the member, and its answer an id.
  if (value === undefined && reply.headers['x-request-id'] === undefined) {
    return {
      kind: 'verdict',
      verdict: { ...violated(`no ${member}, and no X-Request-ID`, OTHER_HINT), host: 'gateway' },
    };
  }
  return { kind: 'member', value, violated };
}
