import { readFileSync } from 'node:fs';
import path from 'node:path';
import { environmentFile } from '../config.ts';
import { repositoryRoot } from '../repository.ts';

/** What the command that started the tests wrote for them; some read more of the same file. */
export interface RequestedRun {
  /** For everything that the tests create, so that the command finds leftovers. */
  readonly labels: Readonly<Record<string, string>>;
  readonly artefacts: string;
}

/** Undefined in tests started by hand. */
export function requestedRun<Request extends RequestedRun>(): Request | undefined {
  const file = environmentFile();
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Request);
}

/** For tests started by hand. */
export function runByHand(labels: RequestedRun['labels']): RequestedRun {
  return { labels, artefacts: path.join(repositoryRoot, 'artefacts', 'by-hand') };
}
