import { SecretNotations } from './secret-notations.ts';

/** Shorter encoded forms could be part of ordinary words. */
const shortestForm = 6;
/** Shorter pieces of a cut token may be words. */
const pieceLength = 12;
const tokens = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{24,}$/;

/** Redacts known secrets: plain, URL-encoded, base64 (at any offset), JSON-escaped, and pieces of tokens. */
export class KnownSecrets {
  readonly #known = new Set<string>();
  readonly #pieces = new Set<string>();
  readonly #notations: SecretNotations[] = [];
  #forms: readonly (string | RegExp)[] = [];

  constructor(secrets: Iterable<string> = [], { shortest = 3 }: { readonly shortest?: number } = {}) {
    this.add([...secrets].filter((secret) => secret.length >= shortest));
  }

  add(secrets: readonly string[]): void {
    const fresh = secrets.filter((secret) => secret.length > 2 && !this.#known.has(secret));
    if (fresh.length === 0) {
      return;
    }
    for (const secret of fresh) {
      this.#known.add(secret);
      this.#notations.push(new SecretNotations(secret, inBase64(secret)));
      for (let from = 0; tokens.test(secret) && from + pieceLength <= secret.length; from += 1) {
        this.#pieces.add(secret.slice(from, from + pieceLength));
      }
    }
    this.#forms = [...new Set([...this.#known].flatMap(formsOf))]
      .toSorted((a, b) => b.length - a.length)
      .map((form) => (inAnyCase(form) ? new RegExp(escapeRegExp(form), 'giu') : form));
  }

  hide(text: string, mark: string): string {
    const plain = this.#forms.reduce<string>((so, form) => so.replaceAll(form, () => mark), text);
    const whole = this.#notations
      .flatMap((notations) => notations.in(plain))
      .reduce((so, form) => so.replaceAll(form, () => mark), plain);
    return this.#pieces.size === 0
      ? whole
      : whole.replace(/[\w.~+/=-]{12,}/g, (word) => this.#withoutPieces(word, mark));
  }

  #withoutPieces(word: string, mark: string): string {
    let clean = '';
    let kept = 0;
    for (let at = 0; at + pieceLength <= word.length; at += 1) {
      if (this.#pieces.has(word.slice(at, at + pieceLength))) {
        let end = at + pieceLength;
        while (end < word.length && this.#pieces.has(word.slice(end + 1 - pieceLength, end + 1))) {
          end += 1;
        }
        clean += word.slice(kept, at) + mark;
        kept = end;
        at = end - 1;
      }
    }
    return clean + word.slice(kept);
  }
}

/** Names, mail addresses and the digits after `%` are case-insensitive. */
function inAnyCase(form: string): boolean {
  return (
    /^\p{L}[\p{L} .'’-]*\s[\p{L} .'’-]*$/u.test(form) ||
    /%[0-9a-f]{2}/i.test(form) ||
    /^[^\s:/@]+@[^\s:/@]+$/.test(form)
  );
}

function formsOf(secret: string): readonly string[] {
  const plain = secret.isWellFormed() ? secret : secret.toWellFormed();
  const url = encodeURIComponent(plain);
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const others = [
    url,
    url.replaceAll('%20', '+'),
    encodeURI(plain),
    json,
    ascii,
    JSON.stringify(json).slice(1, -1),
    Buffer.from(plain).toString('hex'),
    ...[plain, `${plain}\n`, plain.toLowerCase()].flatMap(inBase64),
  ];
  return [secret, ...others.filter((form) => form !== secret && form.length >= shortestForm)];
}

/** Base64 at offsets 0, 1 and 2, without characters shared with neighbours. */
function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = (before + bytes.length) % 3 === 0;
    const core = encoded.slice(before === 0 ? 0 : before + 1, whole ? undefined : -1);
    return core.length < shortestForm + 2 ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
