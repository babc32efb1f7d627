import type { Check } from '../check.ts';

/**
 * Contract, smoke leg 1.
 *
 * @param leftOut the caller vouches for the login: a note, and later legs still need the token
 */
export function login(leftOut: boolean): Check {
  const title = 'A bearer token is at hand';
  if (leftOut) {
    return {
      id: 'login',
      title,
      needs: [],
      async run() {
        return { outcome: 'skipped', reason: 'not made: left out by --skip-login' };
      },
    };
  }
  return {
    id: 'login',
    title,
    needs: ['token'],
    required: true,
    byHand: 'log in and export MEHO_ACCESS_TOKEN',
    async run() {
      return { outcome: 'holds', observed: 'MEHO_ACCESS_TOKEN is set' };
    },
  };
}
