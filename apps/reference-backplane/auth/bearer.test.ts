import { describe, expect, test } from 'vitest';
import { bearerToken } from './bearer.ts';

describe('the Authorization header', () => {
  test.each(['Bearer a.b.c', 'bearer  a.b.c', 'Bearer a.b.'])('%j holds a token', (header) => {
    expect(bearerToken(header)).toMatch(/^a\.b\.c?$/);
  });

  test.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer '])('%j holds none', (header) => {
    expect(() => bearerToken(header)).toThrow('missing_token');
  });

  test.each(['Bearer a.b', 'Bearer a.b.c d', 'Bearer a.b.c.d.e', 'Bearer "a.b.c"'])(
    '%j holds something else',
    (header) => {
      expect(() => bearerToken(header)).toThrow('malformed_token');
    },
  );
});
