import { isFields } from './fields.ts';

/** What a member of a kubeconfig has to be, as client-go declares it. */
export type Shape =
  | 'text'
  | 'flag'
  | 'base64'
  | 'anything'
  | { readonly listOf: Shape }
  | { readonly mapOf: Shape }
  | { readonly members: Readonly<Record<string, Shape>> };

const extensions: Shape = { listOf: { members: { name: 'text', extension: 'anything' } } };

const cluster: Shape = {
  members: {
    server: 'text',
    'tls-server-name': 'text',
    'insecure-skip-tls-verify': 'flag',
    'certificate-authority': 'text',
    'certificate-authority-data': 'base64',
    'proxy-url': 'text',
    'disable-compression': 'flag',
    extensions,
  },
};

const exec: Shape = {
  members: {
    command: 'text',
    args: { listOf: 'text' },
    env: { listOf: { members: { name: 'text', value: 'text' } } },
    apiVersion: 'text',
    installHint: 'text',
    provideClusterInfo: 'flag',
    interactiveMode: 'text',
  },
};

const user: Shape = {
  members: {
    'client-certificate': 'text',
    'client-certificate-data': 'base64',
    'client-key': 'text',
    'client-key-data': 'base64',
    token: 'text',
    tokenFile: 'text',
    as: 'text',
    'as-uid': 'text',
    'as-groups': { listOf: 'text' },
    'as-user-extra': { mapOf: { listOf: 'text' } },
    username: 'text',
    password: 'text',
    'auth-provider': { members: { name: 'text', config: { mapOf: 'text' } } },
    exec,
    extensions,
  },
};

const context: Shape = { members: { cluster: 'text', user: 'text', namespace: 'text', extensions } };

const named = (member: string, shape: Shape): Shape => ({ listOf: { members: { name: 'text', [member]: shape } } });

export const kubeconfigShape: Shape = {
  members: {
    kind: 'text',
    apiVersion: 'text',
    preferences: { members: { colors: 'flag', extensions } },
    'current-context': 'text',
    clusters: named('cluster', cluster),
    users: named('user', user),
    contexts: named('context', context),
    extensions,
  },
};

/**
 * A value brought to its shape: what is null isn't there, members that the shape doesn't name stay as they are.
 *
 * @param problems gets a line for each member of another shape; none holds the value
 */
export function conform(value: unknown, shape: Shape, path: string, problems: string[]): unknown {
  const expected = (what: string) => {
    problems.push(`${path === '' ? 'it' : path}: expected ${what}, got ${kindOf(value)}`);
    return undefined;
  };
  if (value === null || value === undefined) {
    return undefined;
  }
  if (shape === 'anything') {
    return value;
  }
  if (shape === 'text' || shape === 'base64') {
    if (typeof value !== 'string') {
      return expected('text (in quotes)');
    }
    return shape === 'base64' && !isBase64(value) ? expected('base64') : value;
  }
  if (shape === 'flag') {
    return typeof value === 'boolean' ? value : expected('true or false (without quotes)');
  }
  if ('listOf' in shape) {
    const { listOf } = shape;
    if (!Array.isArray(value)) {
      return expected('a list');
    }
    return value.map((item: unknown, at) => conform(item, listOf, `${path}[${at}]`, problems) ?? zeroOf(listOf));
  }
  if (!isFields(value)) {
    return expected(path === '' ? 'a kubeconfig' : 'a mapping');
  }
  const shapeOf = (name: string): Shape =>
    'mapOf' in shape
      ? shape.mapOf
      : Object.hasOwn(shape.members, name)
        ? (shape.members[name] ?? 'anything')
        : 'anything';
  const entries = Object.entries(value).map(([name, member], at) => {
    const label = 'members' in shape ? name : `{${at}}`;
    return [name, conform(member, shapeOf(name), path === '' ? label : `${path}.${label}`, problems)] as const;
  });
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}

/** Go's decoder leaves a list's null as the empty value of its kind. */
function zeroOf(shape: Shape): unknown {
  return shape === 'text' || shape === 'base64' ? '' : typeof shape === 'object' && 'listOf' in shape ? [] : {};
}

/** The standard alphabet with its padding; line breaks count for nothing, blanks do. */
function isBase64(text: string): boolean {
  const body = text.replace(/[\r\n]/g, '');
  return body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  const kinds: Readonly<Record<string, string>> = {
    string: 'other text',
    number: 'a number',
    boolean: 'true or false',
    object: 'a mapping',
  };
  return kinds[typeof value] ?? typeof value;
}
