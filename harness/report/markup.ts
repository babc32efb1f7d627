import { fitForMarkup } from './safe-text.ts';

/** Text that is markup already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Nothing at all. */
export const none = new Markup('');

type Part = string | number | Markup | readonly Markup[];

/** A template whose values are escaped unless they are markup: what comes from a cluster never becomes a tag. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(textOf)));
}

function textOf(value: Part): string {
  if (value instanceof Markup) {
    return value.text;
  }
  return typeof value === 'object' ? value.map(({ text }) => text).join('') : escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Behind `##` it would begin an order to GitHub's runner.
  '[': '&#91;',
};

function escaped(text: string): string {
  return fitForMarkup(text).replace(
    /[&<>"']|(?<=#\p{Default_Ignorable_Code_Point}*)\[/gu,
    (found) => entities[found] ?? found,
  );
}
