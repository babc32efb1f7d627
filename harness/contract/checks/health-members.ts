import { isOfAnother, jsonObject, memberAt } from '../answers.ts';
import type { Check } from '../check.ts';
import type { Secret } from '../secret.ts';
import { HEALTH_PATH, type Subject } from '../subject.ts';
import { vaultHint } from './vault-hint.ts';

/** Members of the authenticated health answer that must be JSON true: "true", 1 and a missing member fail. */
interface TrueMembers {
  readonly id: string;
  readonly title: string;
  readonly members: readonly (readonly [string, string])[];
  /** Member with the reason word, shown as far as it is one. */
  readonly detail?: readonly [string, string];
  /** @param answer the whole of it */
  readonly hint: (answer: Readonly<Record<string, unknown>>, token: Secret) => string;
}

function trueMembers({ id, title, members, detail, hint }: TrueMembers): Check<'https' | 'token'> {
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
      const seen = wrong.map((path) => `.${path.join('.')} ${shown(memberAt(body.value, ...path))}`);
      const isElsewhere = reply.kind === 'answer' && isOfAnother(reply, body.value);
      const isNoBoolean = wrong.some((path) => ['string', 'number'].includes(typeof memberAt(body.value, ...path)));
      return {
        outcome: 'violated',
        expected,
        observed: seen.join(', ') + suffix,
        hint: isNoBoolean
          ? 'the backplane answers with JSON true or false: look at the build that answers, and at what stands before it'
          : hint(body.value, token),
        severity: 'failure',
        ...(isElsewhere ? { host: 'gateway' as const } : {}),
      };
    },
  };
}

/** The backplane logs in to Vault with the operator's JWT and reads `secret/meho/test/federation` (contract, smoke leg 4). */
export function vaultReadable(): Check<'https' | 'token'> {
  return trueMembers({
    id: 'vault-readable',
    title: "Vault is read with the operator's identity",
    members: [
      ['vault', 'reachable'],
      ['vault', 'read_ok'],
    ],
    detail: ['vault', 'detail'],
    hint: (answer, token) =>
      vaultHint({
        detail: memberAt(answer, 'vault', 'detail'),
        reachable: memberAt(answer, 'vault', 'reachable'),
        token,
      }),
  });
}

/** The schema is there (contract, smoke leg 5). */
export function migrated({ namespace }: Subject): Check<'https' | 'token'> {
  return trueMembers({
    id: 'migrated',
    title: 'The backplane sees a migrated database',
    members: [['db', 'migrated']],
    hint: () => `kubectl -n ${namespace} get job -l app.kubernetes.io/component=migrate`,
  });
}

/** Only a class name or a KV version is repeated: a message may carry anything (contract, smoke leg 4). */
function detailWord(detail: unknown): string | undefined {
  if (typeof detail !== 'string' || detail === '') {
    return undefined;
  }
  const isWord = /^(version=\d{1,9}|([a-z_]{1,40}: )?[A-Za-z_][A-Za-z0-9_.]{0,80})$/.test(detail);
  return isWord ? detail : 'its detail is not a class name and is not shown';
}

/** A member's value where it is short and plain, otherwise its type. */
function shown(value: unknown): string {
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
