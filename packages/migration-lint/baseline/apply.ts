import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../finding.ts';
import { isUnjudged } from '../rules/rules.ts';
import { type Accepted, type Baseline, canBeAccepted, nameInBaseline } from './baseline.ts';

interface Judged {
  readonly path: string;
  readonly findings: readonly Finding[];
}

export interface BaselineUse {
  readonly file: string;
  /** Where it was read, if not on the disk. */
  readonly commit?: string;
  readonly findings: number;
  readonly migrations: number;
  /** Of the findings, places that were not judged. */
  readonly unjudged: number;
  readonly stale: readonly Pick<Accepted, 'file' | 'rule' | 'message' | 'count'>[];
}

/**
 * Marks the findings that the baseline accepts. A statement that stands once more than before, or weighs more than before,
 * is a new finding.
 */
export function applyBaseline<J extends Judged>(
  baseline: Baseline,
  files: readonly J[],
  { cwd, isWhole }: { readonly cwd: string; readonly isWhole: boolean },
): { readonly files: J[]; readonly use: BaselineUse } {
  const left = baseline.accepted.map((entry) => ({ ...entry }));
  const accept = (name: string, finding: Finding) => {
    const entry = left.find(
      ({ file, rule, fingerprint, severity, count }) =>
        count > 0 &&
        file === name &&
        rule === finding.rule &&
        fingerprint === finding.fingerprint &&
        (severity === 'error' || finding.severity === 'warning'),
    );
    if (entry === undefined) {
      return false;
    }
    entry.count -= 1;
    return true;
  };
  const names = new Set<string>();
  const marked = files.map((judged) => {
    const name = nameInBaseline(baseline.file, judged.path, cwd);
    names.add(name);
    const findings = judged.findings.map((finding) =>
      canBeAccepted(finding) && accept(name, finding) ? { ...finding, acceptedBy: baseline.file } : finding,
    );
    return { ...judged, findings };
  });
  const covered = marked.map(({ findings }) => findings.filter(({ acceptedBy }) => acceptedBy !== undefined));
  const folder = path.dirname(path.resolve(cwd, baseline.file));
  const isGone = (file: string) => isWhole && !existsSync(path.resolve(folder, file));
  return {
    files: marked,
    use: {
      file: baseline.file,
      findings: covered.flat().length,
      migrations: covered.filter((findings) => findings.length > 0).length,
      unjudged: covered.flat().filter(({ rule }) => isUnjudged(rule)).length,
      stale: left
        .filter(({ count, file }) => count > 0 && (names.has(file) || isGone(file)))
        .map(({ file, rule, message, count }) => ({ file, rule, message, count })),
    },
  };
}

/** What a baseline of these findings accepts. */
export function acceptAll(baseline: string, files: readonly Judged[], cwd: string): Accepted[] {
  const accepted = new Map<string, Accepted>();
  for (const judged of files) {
    const file = nameInBaseline(baseline, judged.path, cwd);
    for (const finding of judged.findings.filter(canBeAccepted)) {
      const { rule, severity, fingerprint = '', message } = finding;
      const key = [file, rule, severity, fingerprint].join('\0');
      const known = accepted.get(key);
      accepted.set(key, {
        file,
        rule,
        severity,
        fingerprint,
        count: (known?.count ?? 0) + 1,
        message: known?.message ?? message,
      });
    }
  }
  return [...accepted.values()];
}
