import { hostOf, isWebPage, jsonObject, noAnswer, statusHint, statusSeen, WEB_PAGE_HINT } from './answers.ts';
import type { Reply } from './backplane.ts';
import type { Verdict, Violated } from './check.ts';
import type { Subject } from './subject.ts';

/** What `/version` says of one of its members, or the verdict where that is nothing to judge. */
export type VersionAnswer =
  | {
      readonly kind: 'member';
      readonly value: unknown;
      readonly violated: (observed: string, hint: string) => Violated;
    }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

const OTHER_HINT = 'something other than the backplane answers at this path: check the ingress';

export function versionMember(
  { namespace }: Subject,
  expected: string,
  reply: Reply,
  member: 'git_sha' | 'chart_version',
): VersionAnswer {
  if (reply.kind === 'none') {
    return { kind: 'verdict', verdict: noAnswer(expected, reply.error) };
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
    return notItsOwn(statusSeen(reply), statusHint(reply, namespace));
  }
  const body = jsonObject(reply);
  if (body.kind === 'wrong') {
    return notItsOwn(body.observed, isWebPage(reply) ? WEB_PAGE_HINT : OTHER_HINT);
  }
  const value = body.value[member];
  // An image that was built without an argument has the member all the same, and an id for the answer.
  if (value === undefined && reply.headers['x-request-id'] === undefined) {
    return {
      kind: 'verdict',
      verdict: { ...violated(`no ${member}, and no X-Request-ID`, OTHER_HINT), host: 'gateway' },
    };
  }
  return { kind: 'member', value, violated };
}
