import type { Check } from './check.ts';

/** A verifier's checks by id, in the contract's order: no other place has an order, or a second list. */
export type CheckList<Contract> = Readonly<
  Record<string, (contract: Contract, ids: readonly string[]) => Check | undefined>
>;

/** From the repository's root; packed with the command. */
function pageOf(id: string): string {
  return `docs/checks/${id}.md`;
}

/** Leaves out those that the contract has no input for. */
export function checksOf<Contract>(list: CheckList<Contract>, contract: Contract): readonly Check[] {
  const ids = Object.keys(list);
  return Object.entries(list).flatMap(([id, make]) => {
    const check = make(contract, ids);
    return check === undefined ? [] : [{ ...check, page: pageOf(id) }];
  });
}
