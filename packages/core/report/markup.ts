import { fitForMarkup } from './safe-text.ts';

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export const none = new Markup('');

type Part = string | number | Markup | readonly Markup[];

/** A cluster's text never becomes a tag. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(textOf)));
}

function textOf(value: Part): string {
  if (value instanceof Markup) {
    return value.text;
  }
  return typeof value === 'object' ? value.map(({ text }) => text).join('') : escapeMarkup(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // `##[` starts a runner command.
  '[': '&#91;',
};

function escapeMarkup(text: string): string {
  return fitForMarkup(text).replace(
    /[&<>"']|(?<=#\p{Default_Ignorable_Code_Point}*)\[/gu,
    (found) => entities[found] ?? found,
  );
}
