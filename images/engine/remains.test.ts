import { expect, test } from 'vitest';
import { mountsBelow } from './remains.ts';

test('mounts inside the folders, the last one first, and no neighbour', () => {
  const table = [
    '/dev/vda / ext4 rw 0 0',
    '/dev/vda /var/lib/x/docker ext4 rw 0 0',
    '/dev/vda /var/lib/xy/docker ext4 rw 0 0',
    'overlay /var/lib/x/docker/a\\040b overlay rw 0 0',
    'nsfs /run/x/netns/1 nsfs rw 0 0',
  ].join('\n');
  expect(mountsBelow(table, ['/var/lib/x', '/run/x'])).toEqual([
    '/run/x/netns/1',
    '/var/lib/x/docker/a b',
    '/var/lib/x/docker',
  ]);
});
