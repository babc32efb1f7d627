import { HEALTH_PATH } from '@meho/helm/subject';
import { isOtherApplication, jsonObject, memberAt } from '../backplane/answers.ts';
import type { Check } from '../check.ts';
import type { Secret } from '../token/secret.ts';

/** Members that must be JSON true: "true", 1 and a missing one fail. */
interface TrueMembers {
  readonly id: string;
  readonly title: string;
  readonly members: readonly (readonly [string, string])[];
  readonly detail?: readonly [string, string];
  readonly hint: (answer: Readonly<Record<string, unknown>>, token: Secret) => string | Promise<string>;
}

export function trueMembers({ id, title, members, detail, hint }: TrueMembers): Check<'https' | 'token'> {
  return {
    id,
    title,
    needs: ['https', 'token'],
    required: true,
    byHand: 'log in and export MEHO_ACCESS_TOKEN',
    after: ['operator-status'],
    explainedBy: ['login', 'operator-status'],
    async run({ https, token }, signal) {
      const names = members.map((path) => `.${path.join('.')}`);
      const expected = `${names.join(' and ')} to be true in the answer of ${HEALTH_PATH}`;
      const reply = await https.get(HEALTH_PATH, signal, token);
      const body = reply.kind === 'answer' && reply.status === 200 ? jsonObject(reply) : undefined;
      if (body?.kind !== 'object') {
        return { outcome: 'unknown', expected, observed: 'no JSON object with status 200', hint: 'see leg 2' };
      }
      const wrong = members.filter((path) => memberAt(body.value, ...path) !== true);
      const told = detail === undefined ? undefined : memberAt(body.value, ...detail);
      const word = detailWord(told);
      const suffix = word === undefined ? '' : ` (${word})`;
      if (wrong.length === 0) {
        return { outcome: 'holds', observed: `${names.join(', ')} true${suffix}` };
      }
      const seen = wrong.map((path) => `.${path.join('.')} ${showValue(memberAt(body.value, ...path))}`);
      const isElsewhere = reply.kind === 'answer' && isOtherApplication(reply, body.value);
      const isNoBoolean = wrong.some((path) => ['string', 'number'].includes(typeof memberAt(body.value, ...path)));
      return {
        outcome: 'violated',
        expected,
        observed: seen.join(', ') + suffix,
        hint: isNoBoolean
          ? 'the backplane answers with JSON true or false: look at the build that answers, and at what stands before it'
          : await hint(body.value, token),
        severity: 'failure',
        ...(isElsewhere ? { host: 'gateway' as const } : {}),
      };
    },
  };
}

/** Returns only a class name or KV version: a message may contain anything (contract, smoke leg 4). */
function detailWord(detail: unknown): string | undefined {
  if (typeof detail !== 'string' || detail === '') {
    return undefined;
  }
  const isWord = /^(version=\d{1,9}|([a-z_]{1,40}: )?[A-Za-z_][A-Za-z0-9_.]{0,80})$/.test(detail);
  return isWord ? detail : 'its detail is not a class name and is not shown';
}

function showValue(value: unknown): string {
  if (value === undefined) {
    return 'is missing';
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') {
    return `is ${value}`;
  }
  return typeof value === 'string' && /^[a-z]{0,10}$/i.test(value)
    ? `is the text "${value}"`
    : `is of type ${typeof value}`;
}
