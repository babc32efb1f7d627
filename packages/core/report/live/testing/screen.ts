/** A terminal's screen, for what our lines use of it; anything else throws, since it would be left unseen. */
export class Screen {
  readonly #rows: string[][] = [[]];
  readonly #colours = new Set<string>();
  #row = 0;
  #column = 0;

  /** Of colours, the numbers that were used. */
  get colours(): ReadonlySet<string> {
    return this.#colours;
  }

  get lines(): readonly string[] {
    const lines = this.#rows.map((row) => row.join('').trimEnd());
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  write(text: string): void {
    for (const [part] of text.matchAll(/\p{Cc}\[[?\d;]*[A-Za-z]|./gsu)) {
      this.#take(part);
    }
  }

  #take(part: string): void {
    const [, argument = '', command] = /^\p{Cc}\[([?\d;]*)([A-Za-z])$/u.exec(part) ?? [];
    const count = Number(argument === '' ? 1 : argument);
    switch (command ?? (part === '\n' || part === '\r' ? part : undefined)) {
      case '\n':
        this.#row += 1;
        this.#column = 0;
        this.#rows[this.#row] ??= [];
        break;
      case '\r':
        this.#column = 0;
        break;
      case 'G':
        this.#column = count - 1;
        break;
      case 'A':
        this.#row = Math.max(0, this.#row - count);
        break;
      case 'K':
        this.#rows[this.#row] = this.#line.slice(0, this.#column);
        break;
      case 'J':
        this.#rows.splice(this.#row + 1);
        this.#rows[this.#row] = this.#line.slice(0, this.#column);
        break;
      case 'm':
        this.#colours.add(argument);
        break;
      default:
        this.#other(part, command === undefined ? undefined : `${argument}${command}`);
    }
  }

  #other(part: string, command: string | undefined): void {
    // One picture at a time.
    if (command === '?2026h' || command === '?2026l') {
      return;
    }
    if (command !== undefined || /\p{Cc}/u.test(part)) {
      throw new Error(`a screen that knows no ${JSON.stringify(part)}`);
    }
    this.#line[this.#column] = part;
    this.#column += 1;
  }

  get #line(): string[] {
    this.#rows[this.#row] ??= [];
    return this.#rows[this.#row] as string[];
  }
}
