import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import type { Count } from './count.ts';

/** contract.md: "Badge (Shields endpoint)". Shields refuses an endpoint with any member that it doesn't know. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: 'green smoke';
  readonly message: string;
  readonly color: 'brightgreen' | 'yellow' | 'red';
}

/** The streak from which the badge is green, whatever `--min-streak` asks for. */
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
  }[];
}

export interface Counted {
  readonly repo: string;
  readonly workflow: string;
  readonly branch: string;
  readonly count: Count;
}

export function evidenceOf({ repo, workflow, branch, count }: Counted): Evidence {
  return {
    schemaVersion: 1,
    repo,
    workflow,
    branch,
    streak: count.streak,
    ...(count.incomplete === undefined ? {} : { incomplete: count.incomplete }),
    runs: count.runs.map(({ run, pullRequest, treatment, why }) => ({
      id: run.id,
      number: run.number,
      attempt: run.attempt,
      headSha: run.headSha,
      pullRequest: pullRequest ?? null,
      conclusion: run.conclusion,
      startedAt: run.startedAt,
      treatment,
      why,
    })),
  };
}

/** The bytes of the evidence file, and their digest as sha256sum prints it. */
export function sealed(evidence: Evidence): { readonly text: string; readonly sha256: string } {
  const text = `${JSON.stringify(evidence, null, 2)}\n`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** `badge.json` → `badge.evidence.json` and `badge.seal.json`. */
function besideBadge(file: string): { readonly evidence: string; readonly seal: string } {
  const stem = file.replace(/\.json$/, '');
  return { evidence: `${stem}.evidence.json`, seal: `${stem}.seal.json` };
}

/**
 * Writes the badge, its evidence, and the seal that binds both: the digests of the two files. The badge comes last, so
 * that one that is there always has its evidence.
 */
export async function writeBadge(file: string, evidence: Evidence): Promise<void> {
  const badge = `${JSON.stringify(badgeOf(evidence.streak))}\n`;
  const { text, sha256 } = sealed(evidence);
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
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}
