import type { ClassifiedRun } from './classify.ts';

export function explainRun({ run, pullRequest, treatment, why }: ClassifiedRun): string {
  const attempt = run.attempt === 1 ? '' : `, attempt ${run.attempt}`;
  const whose = pullRequest === undefined ? '' : ` of #${pullRequest}`;
  const when = run.startedAt.slice(0, 10);
  return `run ${run.id}${whose} at ${run.headSha.slice(0, 7)}, ${when}${attempt}, ${run.conclusion ?? 'no conclusion'}: ${treatment}: ${why}`;
}
