import { createHash } from 'node:crypto';

/** Reproducible. */
const hex = (seed: string, length: number) =>
  createHash('sha512').update(seed).digest('hex').repeat(4).slice(0, length);
const word = (seed: string, length: number) =>
  Array.from({ length: Math.ceil(length / 40) }, (_, part) =>
    createHash('sha512').update(`${seed}${part}`).digest('base64').replace(/[+/=]/g, 'x'),
  )
    .join('')
    .slice(0, length);
const upper = (seed: string, length: number) =>
  word(seed, length * 2)
    .toUpperCase()
    .replace(/[^A-Z2-7]/g, 'Q')
    .slice(0, length);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const jwt = (seed: string) =>
  [
    JSON.stringify({ alg: 'RS256', kid: hex(seed, 8) }),
    JSON.stringify({ sub: hex(seed, 12), iss: 'https://id.example.com' }),
  ]
    .map((part) => Buffer.from(part).toString('base64url'))
    .concat(word(seed, 86))
    .join('.');

const kinds: Readonly<Record<string, (seed: string) => string>> = {
  jwt,
  'jwt in base64': (seed) => base64(jwt(seed)),
  vault: (seed) => `hvs.CAES${word(seed, 30)}`,
  'old vault': (seed) => `s.${word(seed, 24)}`,
  github: (seed) => `ghp_${word(seed, 36)}`,
  'github app': (seed) => `ghs_${word(seed, 36)}`,
  'github fine': (seed) => `github_pat_${word(seed, 22)}_${word(`${seed}b`, 59)}`,
  gitlab: (seed) => `glpat-${word(seed, 20)}`,
  slack: (seed) => `xoxb-123456789012-${word(seed, 24)}`,
  'slack hook': (seed) =>
    `https://hooks.slack.com/services/T0${upper(seed, 8)}/B0${upper(`${seed}b`, 8)}/${word(seed, 24)}`,
  aws: (seed) => `AKIA${upper(seed, 16)}`,
  google: (seed) => `AIza${word(seed, 35)}`,
  stripe: (seed) => `sk_live_${word(seed, 24)}`,
  openai: (seed) => `sk-proj-${word(seed, 40)}`,
  npm: (seed) => `npm_${word(seed, 36)}`,
  docker: (seed) => `dckr_pat_${word(seed, 27)}`,
  digitalocean: (seed) => `dop_v1_${hex(seed, 64)}`,
  grafana: (seed) => `glsa_${word(seed, 32)}_${hex(seed, 8)}`,
  sendgrid: (seed) => `SG.${word(seed, 22)}.${word(`${seed}b`, 43)}`,
  bcrypt: (seed) => `$2b$12$${word(seed, 53)}`,
};

export const shaped: readonly string[] = Object.entries(kinds).flatMap(([kind, make]) =>
  Array.from({ length: 10 }, (_, index) => make(`${kind}${index}`)),
);

/** Recognizable only by place. */
export const opaque: readonly string[] = [
  ...Array.from({ length: 25 }, (_, index) => word(`opaque${index}`, 12 + index * 2)),
  ...Array.from({ length: 20 }, (_, index) => hex(`hex${index}`, 32)),
  ...Array.from({ length: 15 }, (_, index) => base64(word(`base64${index}`, 33))),
  ...[
    'hunter2',
    'changeme',
    'letmein',
    'Passw0rd!',
    'dragonfly',
    'sommerregen',
    'корабль7',
    'pässwörd',
    '日本語パス',
    '8675309000',
  ],
  ...[
    'correct horse battery',
    'with, comma',
    'semi;colon',
    'am&per&sand',
    'has=equals',
    'has:colon',
    'at@sign',
    'sl/ash/es',
    'per%cent',
    'ha#sh',
  ],
  ...[
    'br{ace}',
    'br[acket]',
    'par(en)',
    'dol$lar',
    'st*ar',
    'qu?estion',
    'ex!claim',
    'pi|pe',
    'ti~lde',
    'ca^ret',
    "apo'strophe",
    'quo"te',
    'back\\slash',
  ],
  ...[
    '-dash-first',
    '_under',
    '.dot.first',
    '1234abcd',
    'a1!b2@c3#d4$e5%',
    'trailing ',
    'x,y,z=1',
    'p@ss/w0rd:x',
    'a b c d e f',
    'two  blanks',
  ],
];

export interface Place {
  readonly name: string;
  readonly holds: (secret: string) => string;
  /** Can't be written there, e.g. a blank without quotes. */
  readonly cannot?: RegExp;
}

const json = (text: string) => JSON.stringify(text);
const nested = (text: string) => JSON.stringify(JSON.stringify(text)).slice(1, -1);
const names = [
  'POSTGRES_PASSWORD',
  'adminPassword',
  'clientSecret',
  'db.password',
  'X-Api-Key',
  'api_key',
  'accessToken',
  'client-key-data',
  'pwd',
  'unsealKey',
];
const plain = /^[\s\-*&!|>'"%@`{[#,?:~.\d]|: |\s#|^\s|\s$|[\\'"#]|:$/;
const bare = /[\s'"`<>\\]|[,;&}\])|]+(?:$|[\w.-]*[=:])|[}\])|,;&]$|^[*{<[$(~-]/;

const named = (name: string): readonly Place[] => [
  {
    name: `${name} in YAML`,
    holds: (secret) => `kind: ConfigMap\ndata:\n  ${name}: ${secret}\n  other: kept\n`,
    cannot: plain,
  },
  { name: `${name} in YAML, quoted`, holds: (secret) => `  ${name}: ${json(secret)}\n` },
  { name: `${name} in a list of YAML`, holds: (secret) => `- ${name}: ${json(secret)}\n  a: b\n` },
  {
    name: `${name} as a block`,
    holds: (secret) => `a:\n  ${name}: |-\n    ${secret}\n    more\n  b: kept\n`,
    cannot: /^\s/,
  },
  { name: `${name} folded`, holds: (secret) => `${name}: >\n  ${secret}\nb: kept\n`, cannot: /^\s/ },
  { name: `${name} in JSON`, holds: (secret) => `{"a":1,"${name}":${json(secret)},"b":"kept"}` },
  {
    name: `${name} in JSON, pretty`,
    holds: (secret) => JSON.stringify({ deep: { [name]: secret }, b: 'kept' }, null, 2),
  },
  { name: `${name} in JSON that is cut off`, holds: (secret) => `{"a":[{"${name}":${json(secret)},"b":` },
  {
    name: `${name} in JSON in JSON`,
    holds: (secret) => `{"log":${json(json(secret).length > 0 ? `{"${name}":${json(secret)}}` : '')}}`,
  },
  {
    name: `${name} as an entry of a pod's environment`,
    holds: (secret) => `env:\n- name: ${name}\n  value: ${json(secret)}\n- name: OTHER\n  value: kept\n`,
  },
];

export const places: readonly Place[] = [
  ...names.flatMap(named),
  {
    name: 'an entry of the environment, value first',
    holds: (secret) => `env:\n- value: ${json(secret)}\n  name: DB_PASSWORD\n`,
  },
  { name: 'an entry in JSON', holds: (secret) => `{"env":[{"name":"DB_PASSWORD","value":${json(secret)}}]}` },
  { name: 'an entry in flow', holds: (secret) => `env: [{name: DB_PASSWORD, value: ${json(secret)}}]` },
  {
    name: 'a file of variables',
    holds: (secret) => `A=1\nexport DB_PASSWORD=${secret}\nB=kept\n`,
    cannot: /['"\\]|^[\s{[(<*~$]|\s$|\s\w+=|^\s/,
  },
  { name: 'a file of variables, quoted', holds: (secret) => `DB_PASSWORD='${secret}'\n`, cannot: /'|\\$/ },
  {
    name: 'in a line of a log',
    holds: (secret) => `12:00:00 INFO connecting db_password=${secret} host=kept`,
    cannot: bare,
  },
  {
    name: 'in a line of a log, quoted',
    holds: (secret) => `12:00:00 INFO connecting db_password=${json(secret)} host=kept`,
  },
  { name: 'as a flag', holds: (secret) => `starts /bin/meho --db-password=${secret} --a`, cannot: /[\s'"`\\]|^-/ },
  { name: 'as a flag apart', holds: (secret) => `starts /bin/meho --db-password "${secret}" --a`, cannot: /["\\]/ },
  {
    name: 'as arguments in JSON',
    holds: (secret) => `{"args":["--db-password",${json(secret)},"--a"]}`,
    cannot: /^--/,
  },
  { name: 'as arguments in YAML', holds: (secret) => `args:\n- --db-password\n- ${json(secret)}\n- --a\n` },
  {
    name: 'in a URL',
    holds: (secret) => `DATABASE=postgresql://meho:${encodeURIComponent(secret)}@db/meho`,
    cannot: /^\d{1,5}$|'/,
  },
  {
    name: 'in a URL, raw',
    holds: (secret) => `to postgresql://meho:${secret}@db:5432/meho`,
    cannot: /[\s"'<>\\]|^\d{1,5}[/?#]|^\*/,
  },
  {
    name: 'in a query',
    holds: (secret) => `GET /x?a=1&access_token=${encodeURIComponent(secret)}&b=kept HTTP/1.1`,
    cannot: /^\d{1,5}$|'/,
  },
  { name: 'as a header', holds: (secret) => `> Authorization: Bearer ${secret}`, cannot: /[\s"'`\\]/ },
  { name: 'as another header', holds: (secret) => `X-Vault-Token: ${secret}`, cannot: plain },
  { name: 'as a cookie', holds: (secret) => `< Set-Cookie: sid=${secret}; Path=/`, cannot: /[\s"'`\\]/ },
  { name: 'in SQL', holds: (secret) => `ALTER ROLE meho PASSWORD '${secret.replaceAll("'", "''")}';` },
  { name: 'in XML', holds: (secret) => `<a><password>${secret}</password></a>`, cannot: /[<>&]|^\s|\s$/ },
  { name: 'in a .pgpass', holds: (secret) => `db.example.com:5432:meho:meho:${secret}`, cannot: /^\s/ },
  { name: 'in a .netrc', holds: (secret) => `machine git.example.com login meho password ${secret}`, cannot: /\s/ },
  { name: 'to curl', holds: (secret) => `curl -u meho:${secret} example.com`, cannot: /[\s"']/ },
  {
    name: 'a Secret',
    holds: (secret) => `kind: Secret\nmetadata:\n  name: kept\ndata:\n  note: ${base64(secret)}\ntype: Opaque\n`,
  },
  { name: 'a Secret, data first', holds: (secret) => `data:\n  note: ${json(secret)}\nkind: Secret\n` },
  { name: 'a Secret in JSON', holds: (secret) => JSON.stringify({ kind: 'Secret', stringData: { note: secret } }) },
  {
    name: 'what was applied last',
    holds: (secret) =>
      `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      ${JSON.stringify({ kind: 'Secret', stringData: { note: secret } })}\n`,
  },
  { name: 'behind an anchor', holds: (secret) => `a: &pw ${json(secret)}\npassword: *pw\n` },
  { name: 'anchored itself', holds: (secret) => `password: &pw ${json(secret)}\na: *pw\n` },
  { name: 'in a struct of Go', holds: (secret) => `{Name:DB_PASSWORD Value:${secret} ValueFrom:nil}`, cannot: bare },
  { name: 'in a dict of Python', holds: (secret) => `{'password': '${secret}', 'b': 1}`, cannot: /['\\]/ },
  {
    name: 'in JSON in JSON in JSON',
    holds: (secret) => `x {\\"a\\":{\\"password\\":\\"${nested(secret).slice(2, -2)}\\"}}`,
    cannot: /["\\]/,
  },
];

export const anywhere: readonly Place[] = [
  { name: 'by itself', holds: (secret) => secret },
  { name: 'in a sentence', holds: (secret) => `it got ${secret} and went on` },
  { name: 'in quotes', holds: (secret) => `said "${secret}", then ended` },
  { name: 'under a harmless name', holds: (secret) => `note: ${secret}\n` },
  { name: 'in a list in JSON', holds: (secret) => JSON.stringify(['a', secret]) },
  { name: 'as an argument', holds: (secret) => `exec ["/bin/x", "${secret}"]` },
  { name: 'in a comment', holds: (secret) => `# ${secret}\n` },
  { name: 'in brackets', holds: (secret) => `(${secret})` },
];
