import type { Subject } from '@meho/helm/subject';
import type { Check } from '../check.ts';
import { versionTells } from '../judging/version-tells.ts';

/** Contract, pr-smoke. */
export function versionTellsChartVersion(subject: Subject): Check<'https'> {
  return versionTells(subject, 'chart_version');
}
