import { isFields } from '../api/fields.ts';
import { type Fault, faultsOf, placeOf, type Shape } from '../api/shape.ts';

/** Members' types, as client-go declares them. */

const listOf = (each: Shape): Shape => ({ each, nullable: true });
const mapOf = (values: Shape): Shape => ({ values });
const extensions: Shape = listOf({ members: { name: 'string', extension: 'anything' } });

const cluster: Shape = {
  members: {
    server: 'string',
    'tls-server-name': 'string',
    'insecure-skip-tls-verify': 'boolean',
    'certificate-authority': 'string',
    'certificate-authority-data': 'base64',
    'proxy-url': 'string',
    'disable-compression': 'boolean',
    extensions,
  },
};

const exec: Shape = {
  members: {
    command: 'string',
    args: listOf('string'),
    env: listOf({ members: { name: 'string', value: 'string' } }),
    apiVersion: 'string',
    installHint: 'string',
    provideClusterInfo: 'boolean',
    interactiveMode: 'string',
  },
};

const user: Shape = {
  members: {
    'client-certificate': 'string',
    'client-certificate-data': 'base64',
    'client-key': 'string',
    'client-key-data': 'base64',
    token: 'string',
    tokenFile: 'string',
    as: 'string',
    'as-uid': 'string',
    'as-groups': listOf('string'),
    'as-user-extra': mapOf(listOf('string')),
    username: 'string',
    password: 'string',
    'auth-provider': { members: { name: 'string', config: mapOf('string') } },
    exec,
    extensions,
  },
};

const context: Shape = { members: { cluster: 'string', user: 'string', namespace: 'string', extensions } };

const named = (member: string, shape: Shape): Shape => listOf({ members: { name: 'string', [member]: shape } });

const kubeconfigShape: Shape = {
  members: {
    kind: 'string',
    apiVersion: 'string',
    preferences: { members: { colors: 'boolean', extensions } },
    'current-context': 'string',
    clusters: named('cluster', cluster),
    users: named('user', user),
    contexts: named('context', context),
    extensions,
  },
};

const words: Readonly<Record<Fault['expected'], string>> = {
  string: 'text (in quotes)',
  base64: 'base64',
  boolean: 'true or false (without quotes)',
  number: 'a number',
  list: 'a list',
  object: 'a mapping',
  item: 'an item',
};

/**
 * Checks what a kubeconfig says, and drops its nulls; keeps unknown members.
 * @param problems gets a line per mismatch, without the value
 */
export function conform(value: unknown, problems: string[]): unknown {
  for (const { path, expected, value: got } of faultsOf(value, kubeconfigShape)) {
    const what = path.length === 0 ? 'a kubeconfig' : words[expected];
    problems.push(`${path.length === 0 ? 'it' : placeOf(path)}: expected ${what}, got ${kindOf(got)}`);
  }
  return withoutNulls(value, kubeconfigShape);
}

function withoutNulls(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'string') {
    return value ?? undefined;
  }
  if ('each' in shape) {
    return Array.isArray(value) ? value.map((item) => withoutNulls(item, shape.each) ?? zeroOf(shape.each)) : undefined;
  }
  if (!isFields(value)) {
    return undefined;
  }
  const entries = Object.entries(value).map(([name, member]) => {
    const own = 'values' in shape ? shape.values : Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    return [name, withoutNulls(member, own ?? 'anything')] as const;
  });
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}

/** Go decodes a null in a list to it. */
function zeroOf(shape: Shape): unknown {
  return shape === 'string' || shape === 'base64' ? '' : typeof shape === 'object' && 'each' in shape ? [] : {};
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
