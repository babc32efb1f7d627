import fc from 'fast-check';

/** Planted secrets. */
export const canaries = {
  kube: 'kubecanary9f27c1d5e8',
  operator: 'opcanary4b1d0c77aa31',
  database: 'dbcanary77e0a1c93b52',
  values: 'valuescanary1c8e55d0f2',
  github: 'ghs_canary3d5b7f9aa1c2',
  proxy: 'proxycanary60d2b9e4f1',
} as const;

/** Breaks lines, terminals, workflow runners, Markdown and XML. */
const marks = [
  ...[
    '\u001b[2J',
    '\u001b]0;title\u0007',
    '\u009b31m',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\u0000',
    '\u0008',
    '\u007f',
    '\u2028',
  ],
  ...[
    '\n::error::forged',
    '::add-mask::e',
    '##[error]forged',
    '##[command]x',
    '\n[ok] forged',
    '\n## Forged',
    '%0A::error::x',
  ],
  ...[
    '\ufffe',
    '\uffff',
    '\ud800',
    '\u202e',
    '\ufeff',
    '<script>',
    ']]>',
    '&amp;',
    '`',
    '|',
    '*',
    '"',
    "'",
    '\\',
    '{',
    '[',
    '%',
    ':',
    '/',
  ],
  ...[
    '../..',
    '-',
    '--',
    '=',
    ',',
    ' ',
    '$(true)',
    '{{x}}',
    'NaN',
    'null',
    '-1',
    '1e999',
    '99999999999999999999',
    'x'.repeat(2000),
  ],
];

export const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(fc.constantFrom(...marks), fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 4 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));

const names = [
  ...['git_sha', 'status', 'operator', 'sub', 'name', 'vault', 'read_ok', 'reachable', 'db', 'migrated', 'detail'],
  ...[
    'kind',
    'apiVersion',
    'metadata',
    'items',
    'spec',
    'message',
    'reason',
    'code',
    'labels',
    'uid',
    'resourceVersion',
  ],
  ...['conditions', 'containers', 'data', 'allowed', 'userInfo', 'username', 'groups', 'continue', 'type', 'object'],
  ...['issuer', 'device_authorization_endpoint', 'token_endpoint', 'device_code', 'user_code', 'verification_uri'],
  ...[
    'verification_uri_complete',
    'expires_in',
    'interval',
    'access_token',
    'token_type',
    'error',
    'error_description',
  ],
  ...['total_count', 'workflow_runs', 'jobs', 'id', 'number', 'conclusion', 'head_sha', 'run_number', 'created_at'],
];

/** Real answers' fields, of any type. */
export const document: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 2 ** 53, '', [], {}, 'true', '0'),
    hostile,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;

/** A document, something else, or a fragment. */
export const body: fc.Arbitrary<string> = fc.oneof(
  document.map((value) => JSON.stringify(value)),
  fc.constantFrom(
    ...['', 'null', '[]', '{}', '""', '0', 'true', 'NaN', '{"git_sha":NaN}', '{"items":null}', '{"items":[null]}'],
    ...[
      '{"items":[{}]}',
      '{"items":{}}',
      '{"kind":"Status","code":403}',
      '<html><body>Sign in</body></html>',
      '\u0000',
    ],
    ...[
      '{',
      '[1,',
      `${'['.repeat(5000)}${']'.repeat(5000)}`,
      '{"__proto__":{"x":1}}',
      `{"git_sha":"${'f'.repeat(100_000)}"}`,
    ],
  ),
  hostile,
);

export function corrupt(text: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> {
  const cut = fc.record({
    at: fc.nat(),
    remove: fc.oneof(fc.constant(0), fc.nat(8)),
    put: fc.oneof(fc.constant(''), fc.constantFrom(...pieces), hostile),
  });
  return fc.tuple(text, fc.array(cut, { maxLength: 3 })).map(([whole, cuts]) =>
    cuts.reduce((so, { at, remove, put }) => {
      const start = at % (so.length + 1);
      return so.slice(0, start) + put + so.slice(start + remove);
    }, whole),
  );
}

export const yamlPieces = [
  ...[
    '!vault ',
    '!!binary ',
    '!<x> ',
    '&a ',
    '*a ',
    '<<: ',
    '? ',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '%',
  ],
  ...['\n', '\t', '\r', '#', '---\n', '...\n', '@', '`', '\ufeff', '5', 'yes', '~', ',', '\\x', '%YAML 1.2\n'],
];

/** Present once in `often`. */
export const maybe = <T>(often: number, something: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: often - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: something });
