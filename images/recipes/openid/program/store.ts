import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly model: string;
  readonly payload: AdapterPayload;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Outlives an oidc-provider instance: a rotation makes a new one, which pending logins must survive. */
export class Store {
  readonly #entries = new Map<string, Entry>();

  adapter(model: string): Adapter {
    const key = (id: string) => `${model}:${id}`;
    return {
      upsert: async (id, payload, expiresInS) => {
        const expiresAt = expiresInS === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresInS * 1000;
        this.#entries.set(key(id), { model, payload, expiresAt });
      },
      find: async (id) => this.#live(key(id))?.payload,
      findByUserCode: async (userCode) => this.#first(model, (payload) => payload.userCode === userCode),
      findByUid: async (uid) => this.#first(model, (payload) => payload.uid === uid),
      consume: async (id) => {
        const entry = this.#live(key(id));
        if (entry !== undefined) {
          const consumed = Math.floor(Date.now() / 1000);
          this.#entries.set(key(id), { ...entry, payload: { ...entry.payload, consumed } });
        }
      },
      destroy: async (id) => {
        this.#entries.delete(key(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [entryKey, { payload }] of this.#entries) {
          if (payload.grantId === grantId) {
            this.#entries.delete(entryKey);
          }
        }
      },
    };
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.expiresAt <= Date.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    return entry;
  }

  #first(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of this.#entries) {
      if (entry.model === model && matches(entry.payload) && this.#live(key) !== undefined) {
        return entry.payload;
      }
    }
    return undefined;
  }
}
