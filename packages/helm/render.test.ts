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
      { chart: 'meho-chart', path: '/image/tag', message: 'minLength: got 0, want 1' },
      { chart: 'meho-chart', path: '', message: "additional properties 'bogus' not allowed" },
      { chart: 'broadcast', path: '', message: "additional properties 'bogus' not allowed" },
    ]);
  });

  it('takes a refusal of a template by its path as well', () => {
    const refusal = "Error: execution error at (meho-chart/templates/a.yaml:1:2): at '/config/vaultAddr': 'a' is not b";
    expect(violationsIn(refusal)).toEqual([{ path: '/config/vaultAddr', message: "'a' is not b" }]);
  });

  it('counts once what lint says twice, with and without the chart', () => {
    const lint = "[ERROR] values.yaml: - at '/a': no\n\n[ERROR] templates/: values …\nmeho-chart:\n- at '/a': no\n\n";
    expect(violationsIn(lint)).toEqual([{ path: '/a', message: 'no' }]);
  });

  it('finds none in another failure', () => {
    expect(violationsIn('Error: repo charts not found')).toEqual([]);
  });
});

describe('ValuesError', () => {
  it('is in helm’s words where there is one chart', () => {
    const violations = [{ chart: 'meho-chart', path: '/vault/address', message: 'no' }];
    expect(new ValuesError('charts/meho', violations).observed).toBe("at '/vault/address': no");
  });

  it('tells how a text of digits is written, where one was taken for a number', () => {
    const next = (message: string) => new ValuesError('charts/meho', [{ path: '/image/tag', message }]).next;
    expect(next('got number, want string')).toMatch(/in quotes there, and with --set-string/);
    expect(next('minLength: got 0, want 1')).not.toMatch(/quotes/);
  });

  it('says every place in its message', () => {
    const error = new ValuesError('charts/meho', violationsIn(output));
    expect(error.message).toContain("at '/image/tag': minLength: got 0, want 1 (chart meho-chart)");
    expect(error.message).toContain("at '': additional properties 'bogus' not allowed (chart broadcast)");
  });
});
