import { memberAt } from '../backplane/answers.ts';
import type { Check } from '../check.ts';
import { trueMembers } from '../judging/true-members.ts';

/** Contract, smoke leg 4: logs in with the operator's JWT, reads `secret/meho/test/federation`. */
export function vaultReadable(): Check<'https' | 'token'> {
  return trueMembers({
    id: 'vault-readable',
    title: "Vault is read with the operator's identity",
    members: [
      ['vault', 'reachable'],
      ['vault', 'read_ok'],
    ],
    detail: ['vault', 'detail'],
    hint: async (answer, token) => {
      const { vaultHint } = await import('../hints/vault-hint.ts');
      return vaultHint({
        detail: memberAt(answer, 'vault', 'detail'),
        reachable: memberAt(answer, 'vault', 'reachable'),
        token,
      });
    },
  });
}
