import { type KubeconfigCase, kubeconfig, SECRET, single } from './kubeconfig-case.ts';
import type { KubeconfigFixture } from './kubeconfig-fixture.ts';

export function fileCases(fixture: KubeconfigFixture): readonly KubeconfigCase[] {
  const user = { token: SECRET };
  const good = kubeconfig(fixture, user);
  const other = kubeconfig(fixture, { token: 'other' });
  const ca = fixture.authority.certificatePem;
  const merged = (
    name: string,
    files: KubeconfigCase['files'],
    more: Partial<KubeconfigCase> = {},
  ): KubeconfigCase => ({
    name,
    files,
    list: Object.keys(files).filter((file) => file.startsWith('config')),
    ...more,
  });
  const without = (...members: readonly string[]) =>
    kubeconfig(fixture, user, {}, Object.fromEntries(members.map((member) => [member, undefined])));
  const only = (...members: readonly string[]) =>
    without(...['clusters', 'users', 'contexts', 'current-context'].filter((member) => !members.includes(member)));
  const second = { name: 'second', context: { cluster: 'lab', user: 'second' } };
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  return [
    { name: '--kubeconfig goes before KUBECONFIG', files: { config: other, mine: good }, explicit: 'mine' },
    { name: '--kubeconfig that is missing', files: { config: good }, explicit: 'mine', refused: 'mine' },
    { name: 'a file in HOME', files: { 'home/.kube/config': good }, list: [] },
    merged('each kind in a file of its own', {
      'config-1': only('clusters'),
      'config-2': only('users'),
      'config-3': only('contexts'),
      'config-4': only('current-context'),
    }),
    merged('of two of one name the first counts', { 'config-1': good, 'config-2': other }),
    merged('of two of one name the first counts, whole', {
      'config-1': kubeconfig(fixture, { token: SECRET }),
      'config-2': kubeconfig(fixture, { token: SECRET, as: 'bob' }),
    }),
    merged('current-context that is empty in the first file', {
      'config-1': kubeconfig(fixture, user, {}, { 'current-context': '' }),
      'config-2': other,
    }),
    merged('current-context that is null in the first file', {
      'config-1': kubeconfig(fixture, user, {}, { 'current-context': null }),
      'config-2': other,
    }),
    merged('current-context of the first file that has one', {
      'config-1': only('current-context'),
      'config-2': kubeconfig(fixture, user, {}, { 'current-context': 'elsewhere' }),
    }),
    merged('an empty file in the list', { 'config-1': '', 'config-2': good }),
    merged('a file of comments in the list', { 'config-1': '# nothing\n---\n', 'config-2': good }),
    merged('a missing file in the list', { 'config-2': good }, { list: ['config-1', 'config-2'] }),
    merged('empty names in the list', { config: good }, { list: ['', 'config', ''] }),
    merged('a file that is named twice', { config: good }, { list: ['config', 'config'] }),
    merged('a broken file in the list', { 'config-1': good, 'config-2': 'a: [' }, { refused: 'config-2' }),
    merged(
      'a folder in the list',
      { 'config-1': good, 'folder/x': '' },
      { list: ['config-1', 'folder'], refused: 'folder' },
    ),
    merged(
      'relative paths hang on the file that names them',
      {
        'config-1': only('contexts', 'current-context'),
        'a/config': kubeconfig(
          fixture,
          user,
          { 'certificate-authority-data': '', 'certificate-authority': 'ca.pem' },
          {
            users: undefined,
            contexts: undefined,
          },
        ),
        'a/ca.pem': ca,
        'b/config': kubeconfig(fixture, { tokenFile: 'token' }, {}, { clusters: undefined, contexts: undefined }),
        'b/token': SECRET,
      },
      { list: ['config-1', 'a/config', 'b/config'] },
    ),
    merged(
      '--context of a second file',
      {
        'config-1': other,
        'config-2': kubeconfig(fixture, user, {}, { users: [{ name: 'second', user }], contexts: [second] }),
      },
      { context: 'second' },
    ),
    { name: '--context that is not there', files: { config: good }, context: 'nowhere', refused: 'nowhere' },
    merged('only missing files', {}, { list: ['config-1'], refused: 'config-1' }),
    merged('only empty files', { 'config-1': '', 'config-2': '{}' }, { refused: 'no contexts' }),
    single('current-context that is not there', kubeconfig(fixture, user, {}, { 'current-context': 'gone' }), {
      refused: 'gone',
    }),
    single('no current-context', kubeconfig(fixture, user, {}, { 'current-context': undefined }), {
      refused: 'current-context',
    }),
    single('a cluster that is not there', kubeconfig(fixture, user, {}, { clusters: [] }), { refused: 'cluster lab' }),
    single('a user that is not there', kubeconfig(fixture, user, {}, { users: [] }), { refused: 'user alice' }),
    single(
      'a context without a user',
      kubeconfig(fixture, user, {}, { contexts: [{ name: 'lab', context: { cluster: 'lab' } }] }),
      {
        refused: 'names no user',
      },
    ),
    single(
      'two users of one name',
      good.replace('contexts:', '  - name: alice\n    user:\n      token: other\ncontexts:'),
      {
        refused: 'users[1].name',
      },
    ),
    single(
      'two contexts of one name',
      kubeconfig(
        fixture,
        user,
        {},
        { contexts: Array(2).fill({ name: 'lab', context: { cluster: 'lab', user: 'alice' } }) },
      ),
      {
        refused: 'contexts[1].name',
      },
    ),
    single(
      'a key that is there twice: the last counts',
      good.replace('      token:', '      token: other\n      token:'),
    ),
    single('a second document', `${good}---\n${other}`),
    single('a second document that is broken', `${good}---\na: [`),
    single('an empty document before it', `---\n---\n${good}`, { refused: 'no contexts' }),
    single('JSON', JSON.stringify(JSON.parse(JSON.stringify(asObject(fixture, user))))),
    single('tabs in JSON', JSON.stringify(asObject(fixture, user), null, '\t')),
    single(
      'anchors and aliases',
      good.replace('user:\n      token', 'user: &u\n      token').replace('name: alice\n', 'name: alice\n'),
    ),
    single(
      'a merge key',
      good.replace('    user:\n      token:', '    user:\n      <<: { token: x, as: bob }\n      token:'),
    ),
    single(
      'a merge key behind what it overrides',
      good.replace(/( {4}user:\n) {6}token: (.*)\n/, '$1      token: another\n      <<: { token: $2 }\n'),
    ),
    single('CRLF', good.replaceAll('\n', '\r\n')),
    single('UTF-8 with a byte order mark', `\ufeff${good}`),
    single('UTF-16, little end first', utf16(good)),
    single('UTF-16, big end first', utf16(good).swap16()),
    single('UTF-16 without a byte order mark', utf16(good).subarray(2), { refused: 'kubeconfig' }),
    single('UTF-16 that is cut off', utf16(good).subarray(0, -1), { refused: 'UTF-16' }),
    single('Latin-1', Buffer.from(`# jörg\n${good}`, 'latin1'), { refused: 'UTF-8' }),
    single('a control character', `# \u0001\n${good}`, { refused: 'control character' }),
    single('another kind', good.replace('kind: Config', 'kind: Pod'), { refused: 'kind' }),
    single('another apiVersion', good.replace('apiVersion: v1', 'apiVersion: v2'), { refused: 'apiVersion' }),
    single('a directive of YAML 1.1', `%YAML 1.1\n---\n${good}`),
    single('a directive of YAML 1.2', `%YAML 1.2\n---\n${good}`, { refused: 'version 1.2' }),
    single('text behind its end', `${good}...\nx: y\n`),
    single('neither kind nor apiVersion', good.replace('apiVersion: v1\nkind: Config\n', '')),
    single('a list', `- ${SECRET}\n`, { refused: 'kubeconfig' }),
    single('text', SECRET, { refused: 'kubeconfig' }),
    single('users as a mapping', kubeconfig(fixture, user, {}, { users: { alice: { token: SECRET } } }), {
      refused: 'users',
    }),
    single(
      "a number in a user that isn't used",
      kubeconfig(
        fixture,
        user,
        {},
        {
          users: [
            { name: 'alice', user },
            { name: 'x', user: { token: 5 } },
          ],
        },
      ),
      {
        refused: 'users[1].user.token',
      },
    ),
    single(
      "a broken path of a user that isn't used",
      kubeconfig(
        fixture,
        user,
        {},
        {
          users: [
            { name: 'alice', user },
            { name: 'x', user: { tokenFile: 'gone' } },
          ],
        },
      ),
    ),
    single('lists that are null', kubeconfig(fixture, user, {}, { extensions: null, preferences: null })),
    single('an alias that leads nowhere', good.replace(SECRET, '*nowhere'), { refused: 'YAML' }),
    single('a tab for indentation', good.replace('    user:', '\tuser:'), { refused: 'YAML' }),
  ];
}

function asObject(fixture: KubeconfigFixture, user: object): object {
  return {
    clusters: [
      {
        name: 'lab',
        cluster: {
          server: fixture.server,
          'certificate-authority-data': Buffer.from(fixture.authority.certificatePem).toString('base64'),
        },
      },
    ],
    users: [{ name: 'alice', user }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'alice' } }],
    'current-context': 'lab',
  };
}
