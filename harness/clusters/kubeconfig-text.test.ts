import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { chooseContext, singleContext } from './kubeconfig-text.ts';

function kubeconfig(contexts: readonly string[], user: object = { token: 'secret' }) {
  const text = stringify({
    clusters: [
      { name: 'lab', cluster: { server: 'https://lab.example.com', 'certificate-authority': 'ca.pem' } },
      { name: 'other', cluster: { server: 'https://other.example.com' } },
    ],
    users: [{ name: 'admin', user }],
    contexts: contexts.map((name) => ({ name, context: { cluster: 'lab', user: 'admin' } })),
    'current-context': 'lab',
  });
  return parseKubeconfig(text, 'F');
}

test('the only context needs no name', () => {
  expect(chooseContext(kubeconfig(['lab']), undefined)).toBe('lab');
});

test('several contexts and none named lists them, whatever current-context says', () => {
  expect(() => chooseContext(kubeconfig(['lab', 'staging']), undefined)).toThrow(
    /^kubeconfig F: it has 2 contexts; name one with --context: lab, staging$/,
  );
});

test('a named context is taken from several', () => {
  expect(chooseContext(kubeconfig(['lab', 'staging']), 'staging')).toBe('staging');
});

test('a context that is not there lists those that are', () => {
  expect(() => chooseContext(kubeconfig(['lab']), 'prod')).toThrow(
    /^kubeconfig F: it has no context prod; it has lab$/,
  );
});

test('a file without contexts is told as that', () => {
  expect(() => chooseContext(parseKubeconfig('kind: Config', 'F'), undefined)).toThrow(
    /isn't a kubeconfig with a context/,
  );
});

test('what is used holds one context, its cluster and its user, with absolute paths', () => {
  const text = singleContext(kubeconfig(['lab', 'staging']), 'staging');
  expect(parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'lab',
        cluster: { server: 'https://lab.example.com', 'certificate-authority': `${process.cwd()}/ca.pem` },
      },
    ],
    users: [{ name: 'admin', user: { token: 'secret' } }],
    contexts: [{ name: 'staging', context: { cluster: 'lab', user: 'admin' } }],
    'current-context': 'staging',
  });
});

test('a plugin with a path is found wherever the kubeconfig is put, one without is left to PATH', () => {
  const user = (command: string) => {
    const text = singleContext(kubeconfig(['lab'], { exec: { command, args: ['token'] } }), 'lab');
    return parse(text).users[0].user.exec;
  };
  expect(user('./plugin')).toEqual({ command: `${process.cwd()}/plugin`, args: ['token'] });
  expect(user('plugin')).toEqual({ command: 'plugin', args: ['token'] });
});
