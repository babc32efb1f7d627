import { expect, test } from 'vitest';
import { coalesceValues } from './values.ts';

test('tables are merged, lists and values replaced, null takes away', () => {
  const defaults = { networkPolicy: { enabled: true, postgresCIDR: '' }, connectors: ['a'], left: 1, gone: 2 };
  const given = { networkPolicy: { postgresCIDR: '10.9.0.3/32' }, connectors: ['b'], gone: null };
  expect(coalesceValues(defaults, given)).toEqual({
    networkPolicy: { enabled: true, postgresCIDR: '10.9.0.3/32' },
    connectors: ['b'],
    left: 1,
  });
});
