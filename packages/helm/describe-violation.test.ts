import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { describe, expect, test } from 'vitest';
import { schemaOf } from './chart-schema.ts';
import { describeViolation } from './describe-violation.ts';

const schema = schemaOf(path.join(repositoryRoot, 'charts', 'meho'));
const said = (at: string, message: string) => describeViolation({ path: at, message }, schema);

describe('what an overlay of the published chart meets at ours', () => {
  test.for([
    ['/config/vaultTimeoutSeconds', 'got string, want integer', /a number: write it without quotes, e\.g\. 10$/],
    ['/broadcast/enabled', 'got string, want boolean', /true or false: write it without quotes/],
    ['/config/extraEnv/A', 'got number, want string', /takes text: write it in quotes$/],
    [
      '/networkPolicy',
      "additional properties 'ingestAllowedNamespaces' not allowed",
      /only networkPolicy\.ingressControllerNamespace is let in here; leave it out$/,
    ],
    [
      '/vault',
      "additional properties 'namespace' not allowed",
      /^additional properties 'namespace' not allowed: vault has no such key; it has address$/,
    ],
  ] as const)('%s: %s', ([at, message, expected]) => {
    expect(said(at, message)).toMatch(expected);
  });

  test('a pattern is told in the schema’s own words', () => {
    const pattern = "'10.0.0.0' does not match pattern '^((25[0-5]|2[0-4][0-9])\\\\.){3}'";
    expect(said('/networkPolicy/postgresCIDR', pattern)).toBe("'10.0.0.0' is not an IPv4 CIDR, e.g. 10.0.1.0/24");
    expect(describeViolation({ path: '/a', message: pattern }, undefined)).toContain('(^((25[0-5]');
  });

  test('every pattern of the chart’s schema has such words', () => {
    const wordless: string[] = [];
    const look = (node: unknown, at: string): void => {
      if (typeof node === 'object' && node !== null) {
        if ('pattern' in node && typeof node.pattern === 'string' && !('description' in node)) {
          wordless.push(at);
        }
        for (const [key, value] of Object.entries(node)) {
          look(value, `${at}/${key}`);
        }
      }
    };
    look(schema, '');
    expect(wordless).toEqual([]);
  });
});
