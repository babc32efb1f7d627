import path from 'node:path';
import { run } from '@meho/core/process/run';
import { redactor } from '@meho/core/redaction/redact';
import { withoutSecrets } from '@meho/core/redaction/without-secrets';
import { collectEvidence, type EvidenceItem } from '@meho/diagnostics/evidence';
import { namespaceEvidence } from '@meho/diagnostics/namespace-evidence';
import { recordLabels } from '@meho/helm/storage';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

/** In milliseconds, whatever hangs. */
const evidenceDeadlineMs = 15_000;
const logLines = 500;

/**
 * Collects evidence on a failed test, a folder per site. Never throws.
 *
 * @param secrets redacted besides those of the sites' databases
 * @returns the folder, and what couldn't be written
 */
export async function keepEvidence(
  environment: Environment,
  sites: readonly InstallTarget[],
  test: string,
  secrets: readonly string[] = [],
): Promise<{ readonly folder: string; readonly unwritten: readonly string[] }> {
  const folder = path.join(environment.request.artefacts, 'evidence', folderName(test));
  const redact = redactor([...secrets, ...sites.flatMap(secretsOf)]);
  const options = { redact, deadlineMs: evidenceDeadlineMs };
  const unwritten = await Promise.all(
    sites.map((target) => collectEvidence(path.join(folder, target.namespace), itemsOf(environment, target), options)),
  );
  return { folder, unwritten: unwritten.flat() };
}

function secretsOf({ database }: InstallTarget): readonly string[] {
  const url = database.urlFromPods();
  return [url, decodeURIComponent(new URL(url).password)];
}

function itemsOf(environment: Environment, target: InstallTarget): readonly EvidenceItem[] {
  return [
    ...namespaceEvidence(environment.api, target.namespace),
    { file: 'helm-status.txt', collect: helm(environment, target, 'status') },
    { file: 'helm-history.txt', collect: helm(environment, target, 'history') },
    { file: 'helm-manifest.yaml', collect: helm(environment, target, 'get', 'manifest') },
    { file: 'helm-hooks.yaml', collect: helm(environment, target, 'get', 'hooks') },
    { file: 'ingress-controller.log', collect: () => environment.ingress.log(logLines) },
  ];
}

/** Runs helm for every release in the namespace. */
function helm(environment: Environment, target: InstallTarget, ...args: readonly string[]) {
  const { helm: program, kubeconfigFile } = environment;
  return async (signal: AbortSignal): Promise<string> => {
    const ask = async (release: string) => {
      const { stdout, stderr } = await run(program, [...args, release, '--namespace', target.namespace], {
        env: { KUBECONFIG: kubeconfigFile },
        timeoutMs: evidenceDeadlineMs,
        signal,
        // A missing release is an answer too.
        acceptExitCodes: [1],
      });
      return `${args[0] === 'get' ? withoutSecrets(stdout) : stdout}${stderr}`;
    };
    return (await Promise.all((await releasesOn(environment, target, signal)).map(ask))).join('\n');
  };
}

/** Includes stories' other release names; reads only the labels of Helm's records. */
async function releasesOn(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await recordLabels(api, { namespace }, { signal });
  const names = new Set(found.flatMap(({ metadata }) => metadata?.labels?.['name'] ?? []));
  return names.size === 0 ? [request.subject.release] : [...names];
}

/** Of one test's evidence. */
export function folderName(test: string): string {
  return test
    .replaceAll(/[’']/g, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 120);
}
