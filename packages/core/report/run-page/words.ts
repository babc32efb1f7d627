import type { PromiseState } from '../run-report.ts';

/** No state is told by colour alone: each has a mark and words. */
export const states: Readonly<Record<PromiseState, { readonly mark: string; readonly tone: Tone }>> = {
  broken: { mark: '✗', tone: 'bad' },
  blind: { mark: '✗', tone: 'bad' },
  unfinished: { mark: '?', tone: 'unsure' },
  'not proven': { mark: '○', tone: 'unsure' },
  'partly proven': { mark: '◐', tone: 'unsure' },
  holds: { mark: '✓', tone: 'good' },
  'sees its faults': { mark: '✓', tone: 'good' },
  'not asked': { mark: '–', tone: 'soft' },
};

export type Tone = 'good' | 'bad' | 'unsure' | 'soft';

/** `1 story`, `2 stories`, `1,028 checks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export const stories = (count: number) => counted(count, 'story', 'stories');

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `2026-01-02 03:04 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
