import { describe, expect, it } from 'vitest';
import { everyMutant, mutantsOf } from './testing/mutation/mutants.ts';

const template = `{{/* A comment
of two lines, replicas: 1 */}}
{{- if and .Values.a (eq .Values.b "c") }}
# replicas: 1
replicas: 1
kind: Deployment
automount: false
{{- end }}
`;

describe('mutants', () => {
  it('are one change of one line each, and of no comment', () => {
    const found = mutantsOf('templates/a.yaml', template);
    const changed = found.map(({ text, line, what }) => `${line} ${what}: ${text.split('\n')[line - 1]}`);
    expect(changed).toEqual([
      '3 the other condition: {{- if not (and .Values.a (eq .Values.b "c")) }}',
      '3 the other comparison: {{- if and .Values.a (ne .Values.b "c") }}',
      '3 the other connective: {{- if or .Values.a (eq .Values.b "c") }}',
      '5 without the line: ',
      '5 another number: replicas: 2',
      '6 without the line: ',
      '6 another word: kind: Deployment-x',
      '7 without the line: ',
      '7 the other truth: automount: true',
      '7 another word: automount: false-x',
    ]);
    for (const { text, line } of found) {
      const lines = template.split('\n');
      expect(text.split('\n').toSpliced(line - 1, 1)).toEqual(lines.toSpliced(line - 1, 1));
    }
  });

  it('are of what a template says yes by, and of functions, not of words', () => {
    const lines = [
      '{{- if .a -}}true{{- end -}}',
      '{{- fail "neither this and that, or true" -}}',
      '{{ with and .a .b }}',
    ];
    const changed = mutantsOf('templates/a.tpl', lines.join('\n')).map(
      ({ text, line, what }) => `${line} ${what}: ${text.split('\n')[line - 1]}`,
    );
    expect(changed).toContain('1 the other truth: {{- if .a -}}{{- end -}}');
    expect(changed).toContain('3 the other connective: {{ with or .a .b }}');
    expect(changed.filter((each) => each.startsWith('2'))).toEqual([
      '2 without the line: ',
      '2 the other truth: {{- fail "neither this and that, or false" -}}',
    ]);
  });

  it('of values are other values, and never none: blank is the default', () => {
    expect(mutantsOf('values.yaml', 'a: 1\nb: ""\n').map(({ what }) => what)).toEqual(['another number']);
  });

  it('are of every template, and of the values of both charts', () => {
    const files = [...new Set(everyMutant().map(({ file }) => file))];
    expect(files).toEqual(
      expect.arrayContaining(['values.yaml', 'templates/NOTES.txt', 'charts/broadcast/values.yaml']),
    );
    expect(files.length).toBeGreaterThan(18);
    expect(everyMutant().length).toBeGreaterThan(500);
  });
});
