import { expect, test } from 'vitest';
import { candidates } from './candidates.ts';

test('the usual places, the system socket first', () => {
  const hosts = candidates('/home/me', 1000).map(({ host }) => host);
  expect(hosts[0]).toBe('unix:///var/run/docker.sock');
  expect(hosts).toContain('unix:///home/me/.docker/run/docker.sock');
  expect(hosts).toContain('unix:///run/user/1000/docker.sock');
});
