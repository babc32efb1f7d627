import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { writeReport } from '@meho/core/report/output';
import { jsonText } from '@meho/core/report/safe-text';
import type { Count } from './count.ts';
import type { Job } from './jobs.ts';
import type { Admission, Merges } from './merge.ts';

/** contract.md: "Badge (Shields endpoint)". Shields refuses unknown members. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: 'green smoke';
  readonly message: string;
  readonly color: 'brightgreen' | 'yellow' | 'red';
}

/** The badge turns green here, whatever `--min-streak` says. */
const greenFrom = 5;

export function badgeOf(streak: number): Badge {
  const color = streak >= greenFrom ? 'brightgreen' : streak > 0 ? 'yellow' : 'red';
  return { schemaVersion: 1, label: 'green smoke', message: String(streak), color };
}

/** What the badge rests on, run by run. */
export interface Evidence {
  readonly schemaVersion: 1;
  readonly repo: string;
  readonly workflow: string;
  readonly branch: string;
  readonly streak: number;
  readonly incomplete?: string;
  /** The smoke's. */
  readonly job: string;
  readonly merges: Merges;
  readonly runs: readonly {
    readonly id: number;
    readonly number: number;
    readonly attempt: number;
    readonly headSha: string;
    readonly pullRequest: number | null;
    readonly conclusion: string | null;
    readonly startedAt: string;
    readonly treatment: string;
    readonly why: string;
    /** Those the treatment rests on, if any. */
    readonly jobs?: readonly Job[];
    /** With whether the branch moved between smoke and merge (null: unknown). */
    readonly rule?: Admission['rule'];
    readonly mergeCommit?: string | null;
    readonly branchMoved?: boolean | null;
  }[];
}

export interface CountedStreak {
  readonly repo: string;
  readonly workflow: string;
  readonly branch: string;
  readonly job: string;
  readonly merges: Merges;
  readonly count: Count;
}

export function evidenceOf({ repo, workflow, branch, job, merges, count }: CountedStreak): Evidence {
  return {
    schemaVersion: 1,
    repo,
    workflow,
    branch,
    streak: count.streak,
    ...(count.incomplete === undefined ? {} : { incomplete: count.incomplete }),
    job,
    merges,
    runs: count.runs.map(({ run, pullRequest, treatment, why, jobs, admission }) => ({
      id: run.id,
      number: run.number,
      attempt: run.attempt,
      headSha: run.headSha,
      pullRequest: pullRequest ?? null,
      conclusion: run.conclusion,
      startedAt: run.startedAt,
      treatment,
      why,
      ...(jobs === undefined
        ? {}
        : { jobs: jobs.map(({ id, name, attempt, conclusion }) => ({ id, name, attempt, conclusion })) }),
      ...(admission === undefined
        ? {}
        : {
            rule: admission.rule,
            mergeCommit: admission.mergeCommit,
            branchMoved: admission.branchMoved ?? null,
          }),
    })),
  };
}

/** The evidence file, with its digest as by sha256sum. */
export function sealEvidence(evidence: Evidence): { readonly text: string; readonly sha256: string } {
  const text = `${jsonText(evidence)}\n`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** `badge.json` → `badge.evidence.json` and `badge.seal.json`. */
function besideBadge(file: string): { readonly evidence: string; readonly seal: string } {
  const stem = file.replace(/\.json$/, '');
  return { evidence: `${stem}.evidence.json`, seal: `${stem}.seal.json` };
}

/** Also writes the evidence and a seal of both digests. The badge comes last, so that it never lacks evidence. */
export async function writeBadge(file: string, evidence: Evidence): Promise<void> {
  const badge = `${JSON.stringify(badgeOf(evidence.streak))}\n`;
  const { text, sha256 } = sealEvidence(evidence);
  const places = besideBadge(file);
  const name = (of: string) => of.split('/').at(-1) ?? of;
  const seal = {
    schemaVersion: 1,
    badge: { file: name(file), sha256: createHash('sha256').update(badge).digest('hex') },
    evidence: { file: name(places.evidence), sha256 },
  };
  await write(places.evidence, text);
  await write(places.seal, `${JSON.stringify(seal, null, 2)}\n`);
  await write(file, badge);
}

async function write(file: string, text: string): Promise<void> {
  await writeReport(`${file}.part`, 'json', text);
  await rename(`${file}.part`, file);
}
