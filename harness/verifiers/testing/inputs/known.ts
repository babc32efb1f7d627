import type { Find } from './look.ts';
import type { Trial } from './try-inputs.ts';

/** What is known and is being mended: each with its reason, and to be taken out again with what mends it. */
const known: readonly { readonly kinds: readonly Find['kind'][]; readonly where?: RegExp; readonly reason: string }[] =
  [
    {
      kinds: ['workflow command', 'control character', 'line'],
      reason: 'lines are made safe for workflows and terminals one output after the other',
    },
    {
      kinds: ['secret'],
      where: /kubecanary/,
      reason: "a kubeconfig's token is not yet hidden where the API server repeats it",
    },
  ];

export function isKnown({ kind, detail }: Find): boolean {
  return known.some(({ kinds, where }) => kinds.includes(kind) && (where?.test(detail) ?? true));
}

export function newFinds({ finds }: Trial): readonly Find[] {
  return finds.filter((find) => !isKnown(find));
}
