import path from 'node:path';
import type { Page } from './page.ts';

/** Pages that no chain of links from `start` leads to; a link to a folder leads to its README. */
export function unreachablePages(pages: readonly Page[], start: string): readonly string[] {
  const byFile = new Map(pages.map((page) => [page.file, page]));
  const reached = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const page = byFile.get(file) ?? byFile.get(path.posix.join(file, 'README.md'));
    if (page !== undefined && !reached.has(page.file)) {
      reached.add(page.file);
      const folder = path.posix.dirname(page.file);
      open.push(...page.links.map((link) => path.posix.join(folder, link.split('#')[0] ?? '')));
    }
  }
  return pages.map(({ file }) => file).filter((file) => !reached.has(file));
}
