import { describe, expect, test } from 'vitest';
import { redactor } from './redact.ts';
import { harmless } from './testing/harmless.ts';
import { anywhere, opaque, type Place, places, shaped } from './testing/secrets.ts';

const redact = redactor();

/** Pieces of a secret that are still there, in the notation of its place. */
function survives(clean: string, secret: string): boolean {
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
  return forms.some((form) => {
    const length = Math.min(form.trim().length, 7);
    const text = form.trim();
    return Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length)).some((piece) =>
      clean.includes(piece),
    );
  });
}

const surviving = ({ holds, cannot }: Place, secrets: readonly string[]) =>
  secrets
    .filter((secret) => cannot === undefined || !cannot.test(secret))
    .filter((secret) => survives(redact(holds(secret)), secret))
    .map((secret) => `${holds(secret)} => ${redact(holds(secret))}`);

test('the tables are as large as they should be', () => {
  expect(new Set([...shaped, ...opaque]).size).toBeGreaterThanOrEqual(300);
  expect(places.length + anywhere.length).toBeGreaterThanOrEqual(120);
  expect(new Set(harmless).size).toBeGreaterThanOrEqual(300);
});

describe('no secret survives', () => {
  test.each(places.map((place) => [place.name, place] as const))('%s', (_name, place) => {
    expect(surviving(place, [...opaque, ...shaped])).toEqual([]);
  });
  test.each(anywhere.map((place) => [place.name, place] as const))('%s', (_name, place) => {
    expect(surviving(place, shaped)).toEqual([]);
  });
});

test.each(places.map((place) => [place.name, place] as const))(
  'what stands beside it is kept: %s',
  (_name, { holds }) => {
    const text = holds('hunter2-hunter3');
    expect(redact(text)).toContain('redacted');
    expect(redact(text).includes('kept')).toBe(text.includes('kept'));
  },
);

test('what is harmless is left as it is', () => {
  expect(harmless.filter((text) => redact(text) !== text).map((text) => `${text} => ${redact(text)}`)).toEqual([]);
});

describe('a private key', () => {
  const lines = Array.from({ length: 20 }, (_, index) =>
    Buffer.from(`key material ${index}`.padEnd(48, 'x')).toString('base64'),
  );
  const pem = ['-----BEGIN RSA PRIVATE KEY-----', ...lines, '-----END RSA PRIVATE KEY-----'].join('\n');
  test.each([
    ['whole', pem],
    ['without its end', pem.slice(0, 800)],
    ['without its beginning', pem.slice(100)],
    ['in JSON', JSON.stringify({ a: pem })],
    ['in JSON, without its end', JSON.stringify({ a: pem }).slice(0, 800)],
    ['in JSON, without its beginning', JSON.stringify({ a: pem }).slice(200)],
    ['in YAML', `a: |\n  ${pem.replaceAll('\n', '\n  ')}\nb: 1\n`],
    ['twice', `${pem}\n${pem}`],
  ])('%s', (_how, text) => {
    const clean = redact(`before it\n${text}\nbehind it`);
    expect(lines.filter((line) => clean.includes(line.slice(0, 12)) || clean.includes(line.slice(-12)))).toEqual([]);
    expect([clean.includes('before it'), clean.includes('behind it')]).toEqual([true, true]);
  });
});

test('a token over several lines', () => {
  const token = shaped[0] ?? '';
  const clean = redact(`a ${token.slice(0, 60)}\n  ${token.slice(60, 120)}\n  ${token.slice(120)}\nplain words`);
  expect(survives(clean, token)).toBe(false);
  expect(clean).toContain('plain words');
});

describe('takes time in proportion to the length', () => {
  const took = (unit: string, length: number) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    const started = performance.now();
    redact(text);
    return performance.now() - started;
  };
  const log = '2026-01-01T00:00:00Z INFO GET /api/v1/health 200 took=12ms pod=meho-7c9f8d db_password=hunter2 x=1\n';

  // A second on a machine that does nothing else.
  test('10 MB of a log', () => expect(took(log, 10_000_000)).toBeLessThan(10_000), 60_000);

  test('10 MB of tiny pairs', () => expect(took('a: b\n', 10_000_000)).toBeLessThan(10_000), 60_000);

  test.each([
    ['tiny pairs', 'a: b\n'],
    ['pairs that are secret', 'password: x\n'],
    ['objects', '- name: POSTGRES_PASSWORD\n  value: hunter2\n- name: A\n  value: b\n'],
    ['one line', 'a'],
    ['names', 'password'],
    ['one line of pairs', 'password='],
    ['colons', ':'],
    ['quotes', 'password="'],
    ['backslashes', '\\'],
    ['backslashes and quotes', '\\"'],
    ['dots', 'eyJ.'],
    ['beginnings', '-----BEGIN RSA PRIVATE KEY-----'],
    ['ends', '-----END RSA PRIVATE KEY-----'],
    ['base64 and an end', 'QUJD'],
    ['URLs', 'http://a:'],
    ['at signs', 'a://b:c@'],
    ['brackets', '{'],
    ['elements', '<password>'],
    ['blanks', ' '],
    ['line breaks', '\n'],
    ['blank lines', ' \n'],
    ['dashes', '- '],
    ['documents', '---\n'],
    ['names of a pod’s environment', '- name: A_PASSWORD\n'],
    ['hashes', '$2b$'],
    ['flags', '--password '],
    ['SQL', "password '"],
  ])('1 MB of %s', (_what, unit) => expect(took(unit, 1_000_000)).toBeLessThan(4000));
});
