import { expect, test } from 'vitest';
import { foldersTo } from './files-layer.ts';
import { emptyIndex, resolveFolders } from './rootfs-index.ts';

const debian = { ...emptyIndex, links: { lib: 'usr/lib', 'var/run': '/run', 'usr/lib/a': '../share/a', 'etc/x': 'x' } };

test.each([
  ['/usr/bin/x', 'usr/bin/x'],
  ['/lib/x', 'usr/lib/x'],
  ['/lib/a/x', 'usr/share/a/x'],
  ['/var/run/x.pid', 'run/x.pid'],
  ['/lib', 'lib'],
  ['/x', 'x'],
])('%s lies at %s', (path, place) => {
  expect(resolveFolders(path, debian)).toBe(place);
});

test('links in a circle are told, not followed for ever', () => {
  expect(() => resolveFolders('/etc/x/y', debian)).toThrow('circle');
});

test('the folders on the way', () => {
  expect(foldersTo('a/b/c')).toEqual(['a', 'a/b']);
  expect(foldersTo('c')).toEqual([]);
});
