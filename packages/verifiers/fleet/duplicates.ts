/**
 * Tells releases that two kubeconfigs lead to: by the address of the API server and the UIDs of their objects. By one of
 * these alone, a cluster behind another proxy, or a restored copy of one, would not be asked.
 */
export class Duplicates {
  readonly #names = new Map<string, string>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /** One look after the other at one address, so that the first kubeconfig is the one that counts. */
  inTurn<T>({ href }: URL, look: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(href) ?? Promise.resolve();
    const turn = before.then(look, look);
    this.#turns.set(href, turn);
    return turn;
  }

  /** @returns the name under which it is known already */
  add({ href }: URL, uids: readonly string[], name: string): string | undefined {
    const keys = uids.map((uid) => `${href} ${uid}`);
    const [known] = keys.flatMap((key) => this.#names.get(key) ?? []);
    for (const key of keys) {
      this.#names.set(key, known ?? name);
    }
    // A list may have one release under several hosts.
    return known === name ? undefined : known;
  }
}
