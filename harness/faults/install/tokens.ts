import type { TokenKind } from '@meho/images/recipes/openid/program/faults';
import { besideOthers, type Fault, otherCommandLine } from '../fault.ts';
import { front, type Rewrite, silent, status } from '../front.ts';

/** The audit row needs an accepted operator; its check only notes this one. */
const expectRed = ['operator-accepted'];

function refused(kind: TokenKind, title: string): Fault {
  return {
    id: `token-${kind}`,
    title: `the token ${title}`,
    expectRed,
    says: /401/,
    inject: async ({ environment }) =>
      otherCommandLine({ env: { MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind }) } }),
  };
}

function answered(id: string, title: string, says: RegExp, operator: Rewrite): Fault {
  return {
    id: `operator-${id}`,
    title: `with a token: ${title}`,
    expectRed,
    says,
    inject: (context) => front(context, { operator }),
  };
}

/** Check 8: an operator's token is accepted. */
export const tokens: readonly Fault[] = besideOthers([
  refused('expired', 'has expired'),
  refused('wrong-audience', 'is for another audience'),
  refused('wrong-issuer', 'is of another issuer'),
  refused('wrong-key', 'is signed by another key'),
  refused('unsigned', 'is not signed'),
  refused('without-tenant', 'names no tenant'),
  {
    id: 'token-reader',
    title: "the token is a reader's",
    expectRed,
    says: /403 insufficient_role.*tenant_role/,
    inject: async ({ environment }) =>
      otherCommandLine({ env: { MEHO_ACCESS_TOKEN: await environment.openId.token('reader', { kind: 'sound' }) } }),
  },
  answered('500', '500', /\b500\b/, status(500)),
  answered('401', '401', /\b401\b/, status(401)),
  answered('slow', 'no answer', /sent no answer within/, silent),
]);
