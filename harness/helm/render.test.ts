import { describe, expect, it } from 'vitest';
import { ValuesError, violationsIn } from './render.ts';

const output = `Error: values don't meet the specifications of the schema(s) in the following chart(s):
meho-chart:
- at '/image/tag': validation failed
  - at '/image/tag': minLength: got 0, want 1
- at '': additional properties 'bogus' not allowed
broadcast:
- at '': additional properties 'bogus' not allowed
`;

describe('violationsIn', () => {
  it('names each place once, without the headings', () => {
    expect(violationsIn(output)).toEqual([
      { path: '/image/tag', message: 'minLength: got 0, want 1' },
      { path: '', message: "additional properties 'bogus' not allowed" },
    ]);
  });

  it('finds none in another failure', () => {
    expect(violationsIn('Error: repo charts not found')).toEqual([]);
  });
});

describe('ValuesError', () => {
  it('says every place in its message', () => {
    const error = new ValuesError('charts/meho', violationsIn(output));
    expect(error.message).toContain("at '/image/tag': minLength: got 0, want 1");
    expect(error.message).toContain("at '': additional properties 'bogus' not allowed");
  });
});
