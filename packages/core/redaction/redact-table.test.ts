import { describe, expect, test } from 'vitest';
import { redactor } from './redact.ts';
import { harmless } from './testing/harmless.ts';
import { anywhere, opaque, type Place, places, shaped } from './testing/secrets.ts';

const redact = redactor();

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

describe('no secret survives in a text within another', () => {
  const within: readonly [string, (text: string) => string][] = [
    ['lines that end as on Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['lines that end as on an old Mac', (text) => text.replaceAll('\n', '\r')],
    ['a member of JSON', (text) => JSON.stringify({ kind: 'ConfigMap', data: { 'a.conf': `first: 1\n${text}\n` } })],
    ['a member of JSON in lines', (text) => JSON.stringify({ data: { 'a.conf': `x: 1\n${text}\n` } }, null, 2)],
    ['JSON that was cut off', (text) => JSON.stringify({ data: { 'a.conf': `x: 1\n${text}\n` } }).slice(0, -1)],
    ['quotes of YAML', (text) => `data:\n  a.conf: ${JSON.stringify(`x: 1\n${text}\n`)}\n`],
    ['a log', (text) => `2026-01-01T00:00:00Z INFO applied object=${JSON.stringify(`x: 1\n${text}\n`)} took=3ms`],
  ];
  const few = opaque.filter((_, at) => at % 8 === 0);
  test.each(within)('%s', (_name, wrap) => {
    const wrapped = (place: Place) => ({ ...place, holds: (secret: string) => wrap(place.holds(secret)) });
    const found = [
      ...places.flatMap((place) => surviving(wrapped(place), few)),
      ...anywhere.flatMap((place) => surviving(wrapped(place), shaped)),
    ];
    expect(found).toEqual([]);
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

  // It takes one second on an idle machine.
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

describe('a secret in every line', () => {
  /** CPU time of this thread, independent of the machine's load. */
  const spent = (line: (index: number) => string, length: number) => {
    const lines: string[] = [];
    for (let size = 0; size < length; size += lines.at(-1)?.length ?? 0) {
      lines.push(line(lines.length));
    }
    const text = Buffer.from(lines.join('')).toString();
    const before = process.threadCpuUsage();
    expect(redact(text)).toContain('[redacted');
    return process.threadCpuUsage(before).user / 1000;
  };
  const key = (index: number) =>
    `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQE${index}\n-----END PRIVATE KEY-----\n`;
  const pair = (index: number) => `password: s3cr3t${index}abcdefgh\n`;

  test.each<[string, (index: number) => string]>([
    ['pairs', pair],
    ['pairs that end as on Windows', (index) => `password: s3cr3t${index}abcdefgh\r\n`],
    ['quoted pairs', (index) => `  password: "s3cr3t${index}abc"\n`],
    ['variables of a pod', (index) => `- name: DB_PASSWORD\n  value: abc${index}defghijkl\n`],
    ['private keys', key],
    ['URLs', (index) => `connect postgres://meho:pw${index}abcd@db.example.com:5432/meho failed\n`],
    ['JSON', (index) => `{"i":${index},"token":"abc${index}defghijkl","user":"ada"}\n`],
    ['flags', (index) => `run --password s3cr3t${index}abcd --user ada\n`],
  ])('%s: eight times as much takes at most twenty times as long', (_what, line) => {
    spent(line, 100_000);
    const small = spent(line, 500_000);
    expect(spent(line, 4_000_000)).toBeLessThan(20 * small + 200);
  });

  // It takes half a second on an idle machine; private keys once took five minutes.
  test.each([
    ['pairs', pair],
    ['private keys', key],
  ])('10 MB of %s', (_what, line) => expect(spent(line, 10_000_000)).toBeLessThan(5000), 60_000);
});

test('each line keeps its own end', () => {
  const text = 'first: 1\r\npassword: hunter2\nlast: 2\rx: 3';
  expect(redact(text)).toBe('first: 1\r\npassword: [redacted]\nlast: 2\rx: 3');
  const untold = 'at 10%\rat 20%\r\nC:\\new\\table is a path\n';
  expect(redact(untold)).toBe(untold);
});

test('a variable before the one that is secret keeps its value', () => {
  const text = '- name: LOG\n  value: debug9\n- name: DB_PASSWORD\n  value: abc9\n';
  expect(redact(text)).toBe('- name: LOG\n  value: debug9\n- name: DB_PASSWORD\n  value: [redacted]\n');
});

describe('a secret whose name or place is written in another way', () => {
  const secret = 'Tr0ub4dor-x9Zq';
  const long = Buffer.from('a key that is so long that somebody has broken it into lines by hand').toString('base64');
  test.each([
    ['an anchor of a block', `x: &pw |\n  ${secret}\ndb:\n  password: *pw\n`],
    ['an anchor of a mapping', `x: &pw\n  value: ${secret}\ndb:\n  password: *pw\n`],
    ['merge keys', `base: &base\n  password: ${secret}\nprod:\n  <<: *base\n`],
    ['merge keys in flow style', `base: &base {user: ada, password: ${secret}}\nprod: {<<: *base}\n`],
    ['folded', `password: >-\n  abc\n  ${secret}\nuser: ada\n`],
    ['literal with its line breaks', `password: |+\n  abc\n\n  ${secret}\nuser: ada\n`],
    ['a plain scalar over lines', `password: abc\n  ${secret}\nuser: ada\n`],
    ['a quoted scalar over lines', `password: "abc\\\n  ${secret}"\nuser: ada\n`],
    ['a complex key', `? password\n: ${secret}\nuser: ada\n`],
    ['an escaped key', `"pass\\u0077ord": ${secret}\n`],
    ['an escaped key of JSON that was cut off', `{"pass\\u0077ord":"${secret}", "b":\n`],
    ['an escaped parameter', `postgresql://db/meho?user=a&pass%77ord=${secret}\n`],
    ['an escaped parameter of a form', `client%5Fsecret=${secret}\n`],
    ['a form in a form', `body=client_secret%3D${secret}%26x%3D1\n`],
    ['TOML over lines', `password = """\n${secret}\n"""\n`],
  ])('%s', (_name, text) => {
    expect(redact(`first: 1\n${text}`)).not.toContain(secret);
  });

  test('data of a kubeconfig that no parser takes', () => {
    const text = `users:\n- user:\n    client-key-data: ${long.slice(0, 60)}\n    ${long.slice(60)}\n    username: ada\n`;
    expect(redact(text)).toBe('users:\n- user:\n    client-key-data: [redacted]\n    username: ada\n');
  });
});
