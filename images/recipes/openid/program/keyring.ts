import { createPublicKey, generateKeyPair, type JsonWebKey, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export type PrivateJwk = JsonWebKey & { readonly kid: string };

/** The first signs, all are published. Kept in a file, so that tokens survive a restart. */
export class Keyring {
  readonly #file: string;
  #keys: readonly PrivateJwk[];

  private constructor(file: string, keys: readonly PrivateJwk[]) {
    this.#file = file;
    this.#keys = keys;
  }

  static async open(file: string): Promise<Keyring> {
    const kept = await readFile(file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return undefined;
      }
      throw error;
    });
    const keyring = new Keyring(file, kept === undefined ? [await newKey()] : JSON.parse(kept));
    await keyring.#save();
    return keyring;
  }

  /** Private, signing one first, as oidc-provider takes them. */
  get jwks(): readonly PrivateJwk[] {
    return this.#keys;
  }

  get signing(): PrivateJwk {
    const [first] = this.#keys;
    if (first === undefined) {
      throw new Error('the key ring is empty');
    }
    return first;
  }

  /**
   * @param retire unpublishes the old keys, so that their tokens fail after the next JWKS fetch; otherwise they stay
   * valid
   */
  async rotate(retire: boolean): Promise<void> {
    this.#keys = [await newKey(), ...(retire ? [] : this.#keys)];
    await this.#save();
  }

  async #save(): Promise<void> {
    const partial = `${this.#file}.partial`;
    await writeFile(partial, JSON.stringify(this.#keys), { mode: 0o600 });
    await rename(partial, this.#file);
  }
}

export async function newKey(): Promise<PrivateJwk> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

/** PEM, as people paste it into configurations. */
export function publicPem(key: PrivateJwk): string {
  return createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' }).toString();
}
