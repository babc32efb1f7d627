import { HEALTH_PATH, logsOf, type Subject } from '@meho/helm/subject';
import type { AuditRowQuery } from '../audit-log/audit-log.ts';
import { psqlForAuditRow } from '../audit-log/psql.ts';
import type { Reply } from '../backplane/backplane.ts';
import { operatorOf } from '../backplane/operator.ts';
import type { Check } from '../check.ts';
import { SUBJECT } from '../hints/no-subject.ts';
import { lacksSubject } from '../token/token-claims.ts';

/**
 * Contract, install-verify check 9 and smoke leg 3.
 *
 * @param judgedBy the check on the same answer; without its `sub` there is nothing to look for
 */
export function auditRow(
  subject: Subject,
  query: AuditRowQuery,
  judgedBy: string,
): Check<'https' | 'token' | 'database'> {
  return {
    id: 'audit-row',
    title: 'The request left its audit_log row',
    needs: ['https', 'token', 'database'],
    async byHand({ https, token }, signal) {
      const named = https && token && operatorOf(await https.get(HEALTH_PATH, signal, token), token);
      return `run: ${psqlForAuditRow(named?.kind === 'operator' ? named.sub : undefined, query)}`;
    },
    after: [judgedBy],
    explainedBy: [judgedBy],
    async run({ https, token, database }, signal) {
      const reply = await https.get(HEALTH_PATH, signal, token);
      const named = operatorOf(reply, token);
      const expected = 'an audit_log row of the operator within the last minute';
      if (named.kind !== 'operator') {
        const what = named.kind === 'nobody' ? 'no operator.sub' : "an operator.sub that is not the token's";
        return {
          outcome: 'unknown',
          expected,
          observed: `${what} in the answer of ${HEALTH_PATH}`,
          hint: named.kind === 'nobody' && lacksSubject(token.reveal()) ? SUBJECT : `see check ${judgedBy}`,
        };
      }
      const { sub } = named;
      const requestId = requestIdOf(reply);
      const found = await database.countRecent(sub, query, requestId, signal);
      if (found.kind === 'unknown') {
        return { outcome: 'unknown', expected, observed: found.observed, hint: found.hint };
      }
      if (found.kind === 'missing') {
        return { outcome: 'violated', expected, observed: found.observed, hint: found.hint, severity: 'failure' };
      }
      if (found.rows < 1) {
        const others = found.others === 0 ? '' : ` of this request (${requestId}), ${found.others} of other requests`;
        return {
          outcome: 'violated',
          expected: `${expected} (sub ${sub})`,
          observed: `none${others}`,
          hint: `DATABASE_URL may be of another database than the backplane's; ${logsOf(subject)} | grep -i audit`,
          severity: 'failure',
        };
      }
      return { outcome: 'holds', observed: `${found.rows} for sub ${sub}` };
    },
  };
}

function requestIdOf(reply: Reply): string | undefined {
  const id = reply.kind === 'answer' ? reply.headers['x-request-id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}
