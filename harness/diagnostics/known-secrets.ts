/** Shorter ones in another form could be a part of an ordinary word. */
const shortestForm = 6;
/** What is left of a token that was cut somewhere: so much of it is no word. */
const pieceLength = 12;
const tokens = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{24,}$/;

/**
 * Values that are known to be secret, and how they are taken out of text: as they are, encoded for a URL, in base64
 * (wherever they stand in what was encoded), escaped for JSON, and a token's pieces as well.
 */
export class KnownSecrets {
  readonly #known = new Set<string>();
  readonly #pieces = new Set<string>();
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
      for (let from = 0; tokens.test(secret) && from + pieceLength <= secret.length; from += 1) {
        this.#pieces.add(secret.slice(from, from + pieceLength));
      }
    }
    this.#forms = [...new Set([...this.#known].flatMap(formsOf))]
      .toSorted((a, b) => b.length - a.length)
      .map((form) => (inAnyCase(form) ? new RegExp(escaped(form), 'giu') : form));
  }

  hide(text: string, mark: string): string {
    const whole = this.#forms.reduce<string>((so, form) => so.replaceAll(form, () => mark), text);
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

/** Names and mail addresses are the same in any case, and so are the digits behind a `%`. */
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
    ...[plain, `${plain}\n`, plain.toLowerCase()].flatMap(inBase64),
  ];
  return [secret, ...others.filter((form) => form !== secret && form.length >= shortestForm)];
}

/** What base64 makes of it behind none, one and two other bytes; without what its neighbours have a part in. */
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

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
