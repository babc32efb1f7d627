import type { Subject } from '@meho/helm/subject';
import type { Check } from '../check.ts';
import { versionTells } from '../judging/version-tells.ts';

/** Contract, pr-smoke. */
export function versionTellsGitSha(subject: Subject): Check<'https'> {
  return versionTells(subject, 'git_sha');
}
