import { expect, test } from 'vitest';
import { productionName } from './production.ts';

const lab = { context: 'lab', cluster: 'lab', server: '10.0.0.1' };

test('a lab is none', () => {
  expect(productionName(lab)).toBeUndefined();
});

test.each(['prod', 'eu-production', 'PRD1', 'meho-live', 'nonprod'])(
  '%s looks like it, wherever it is written',
  (name) => {
    expect(productionName({ ...lab, context: name })).toBe(`the name of its context is ${name}`);
    expect(productionName({ ...lab, cluster: name })).toBe(`the name of its cluster is ${name}`);
    expect(productionName({ ...lab, server: `${name}.example.com` })).toContain('server');
  },
);
