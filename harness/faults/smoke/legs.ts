import { type TokenKind, tokenKinds } from '@meho/images/recipes/openid/program/faults';
import { besideOthers, type Fault, otherCommandLine } from '../fault.ts';
import { body, front, members, type Rewrite, silent, status } from '../front.ts';

const refusedKinds = tokenKinds.filter((kind) => kind !== 'sound' && kind !== 'short-lived');

function refused(kind: TokenKind): Fault {
  return {
    id: `token-${kind}`,
    title: `the token is of the kind ${kind}`,
    expectRed: ['operator-status'],
    says: /401 [a-z_]+; .*token/,
    inject: async ({ environment }) =>
      otherCommandLine({ env: { MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind }) } }),
  };
}

function answered(id: string, title: string, red: string, says: RegExp, operator: Rewrite): Fault {
  return { id, title, expectRed: [red], says, inject: (context) => front(context, { operator }) };
}

const vault = (id: string, title: string, says: RegExp, part: object) =>
  answered(`vault-${id}`, title, 'vault-readable', says, members({ vault: part }));
const migrated = (id: string, title: string, says: RegExp, part: object) =>
  answered(`migrated-${id}`, title, 'migrated', says, members({ db: part }));

/** Legs 1, 2, 4 and 5, broken by the token or a rewritten answer. */
export const legs: readonly Fault[] = besideOthers([
  {
    id: 'no-token',
    title: 'nobody has logged in',
    expectRed: ['login'],
    says: /MEHO_ACCESS_TOKEN/,
    inject: async () => otherCommandLine({ env: { MEHO_ACCESS_TOKEN: '' } }),
  },
  ...refusedKinds.map(refused),
  {
    id: 'token-reader',
    title: "the token is a reader's",
    expectRed: ['operator-status'],
    says: /403 insufficient_role.*tenant_role.*operator or tenant_admin/,
    inject: async ({ environment }) =>
      otherCommandLine({ env: { MEHO_ACCESS_TOKEN: await environment.openId.token('reader', { kind: 'sound' }) } }),
  },
  answered('status-500', 'the answer is 500', 'operator-status', /\b500\b/, status(500)),
  answered('status-silent', 'there is no answer', 'operator-status', /sent no answer within/, silent),
  answered(
    'status-redirect',
    'the answer is a redirect to a login',
    'operator-status',
    /302, a redirect/,
    status(302, { location: 'https://login.example.com/' }),
  ),
  answered(
    'status-html',
    'a login page answers 200',
    'operator-status',
    /content type text\/html/,
    body('<form>', 'text/html'),
  ),
  answered(
    'status-other-sub',
    'the answer is of another operator',
    'operator-status',
    /but the token is of/,
    members({ operator: { sub: 'somebody else' } }),
  ),
  answered('status-no-sub', 'the operator has no sub', 'operator-status', /operator\.sub/, members({ operator: {} })),
  vault('text', 'true is a text', /the text "true"/, { reachable: 'true', read_ok: true }),
  vault('number', 'true is the number 1', /read_ok is 1/, { reachable: true, read_ok: 1 }),
  vault('missing', 'read_ok is missing', /read_ok is missing/, { reachable: true }),
  vault('unreachable', 'Vault is not reachable', /reachable is false/, { reachable: false, read_ok: true }),
  migrated('false', 'the schema is not migrated', /migrated is false/, { migrated: false }),
  migrated('text', 'true is a text', /the text "true"/, { migrated: 'true' }),
  migrated('missing', 'migrated is missing', /migrated is missing/, {}),
]);
