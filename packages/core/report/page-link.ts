import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Leads to a page of `docs/`. The pages are packed beside the command, so that a link works without a network and shows
 * the page of this very version; where package.json names a repository, it leads there.
 *
 * @param page from the root, e.g. `docs/checks/healthz.md`
 */
export function pageLink(page: string, from: string = import.meta.dirname): string {
  const root = rootWith(page, from);
  return root === undefined ? page : (repositoryUrl(root, page) ?? path.join(root, page));
}

/** The same as an absolute URI; undefined where the page is not packed. */
export function pageUri(page: string, from: string = import.meta.dirname): string | undefined {
  const root = rootWith(page, from);
  return root === undefined ? undefined : (repositoryUrl(root, page) ?? pathToFileURL(path.join(root, page)).href);
}

/** The package's root is nearest, from a bundle as from the sources. */
function rootWith(page: string, from: string): string | undefined {
  if (existsSync(path.join(from, page))) {
    return from;
  }
  const above = path.dirname(from);
  return above === from ? undefined : rootWith(page, above);
}

interface Manifest {
  readonly version?: string;
  readonly repository?: string | { readonly url?: string };
}

/** Releases are tagged `v<version>`. */
function repositoryUrl(root: string, page: string): string | undefined {
  const { version, repository } = manifestIn(root);
  const named = typeof repository === 'string' ? repository : repository?.url;
  const [, place] = /^(?:git\+)?(https:\/\/[^\s?#]+?)(?:\.git)?$/.exec(named ?? '') ?? [];
  return place === undefined || version === undefined ? undefined : `${place}/blob/v${version}/${page}`;
}

function manifestIn(root: string): Manifest {
  const file = path.join(root, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
