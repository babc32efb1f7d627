import path from 'node:path';
import { collectEvidence, type EvidenceItem } from '../diagnostics/evidence.ts';
import { namespaceEvidence } from '../diagnostics/namespace-evidence.ts';
import { redactor } from '../diagnostics/redact.ts';
import { withoutSecrets } from '../diagnostics/without-secrets.ts';
import { recordLabels } from '../helm/storage.ts';
import { run } from '../process/run.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** Contract of the diagnostics: collected within this, whatever hangs (milliseconds). */
const evidenceDeadlineMs = 15_000;
const logLines = 500;

/**
 * Keeps what explains a failed test, in a folder of its own below the artefacts, one folder a site. Never throws.
 *
 * @param test its full name, which names the folder
 * @param secrets values that may not be in it, besides those of the sites' databases
 * @returns the folder, and what of the evidence could not be written there
 */
export async function keepEvidence(
  environment: Environment,
  sites: readonly Site[],
  test: string,
  secrets: readonly string[] = [],
): Promise<{ readonly folder: string; readonly unwritten: readonly string[] }> {
  const folder = path.join(environment.request.artefacts, 'evidence', folderName(test));
  const redact = redactor([...secrets, ...sites.flatMap(secretsOf)]);
  const options = { redact, deadlineMs: evidenceDeadlineMs };
  const unwritten = await Promise.all(
    sites.map((site) => collectEvidence(path.join(folder, site.namespace), itemsOf(environment, site), options)),
  );
  return { folder, unwritten: unwritten.flat() };
}

function secretsOf({ database }: Site): readonly string[] {
  const url = database.urlFromPods();
  return [url, decodeURIComponent(new URL(url).password)];
}

function itemsOf(environment: Environment, site: Site): readonly EvidenceItem[] {
  return [
    ...namespaceEvidence(environment.api, site.namespace),
    { file: 'helm-status.txt', collect: helm(environment, site, 'status') },
    { file: 'helm-history.txt', collect: helm(environment, site, 'history') },
    { file: 'helm-manifest.yaml', collect: helm(environment, site, 'get', 'manifest') },
    { file: 'helm-hooks.yaml', collect: helm(environment, site, 'get', 'hooks') },
    { file: 'ingress-controller.log', collect: () => environment.ingress.log(logLines) },
  ];
}

/** What helm says of every release of a namespace. */
function helm(environment: Environment, site: Site, ...args: readonly string[]) {
  const { helm: program, kubeconfigFile } = environment;
  return async (signal: AbortSignal): Promise<string> => {
    const ask = async (release: string) => {
      const { stdout, stderr } = await run(program, [...args, release, '--namespace', site.namespace], {
        env: { KUBECONFIG: kubeconfigFile },
        timeoutMs: evidenceDeadlineMs,
        signal,
        // A release that is not there is an answer as well.
        acceptExitCodes: [1],
      });
      return `${args[0] === 'get' ? withoutSecrets(stdout) : stdout}${stderr}`;
    };
    return (await Promise.all((await releasesOn(environment, site, signal)).map(ask))).join('\n');
  };
}

/** Stories may give theirs another name. Of Helm's records only the labels are read. */
async function releasesOn(
  { api, request }: Environment,
  { namespace }: Site,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await recordLabels(api, { namespace }, { signal });
  const names = new Set(found.flatMap(({ metadata }) => metadata?.labels?.['name'] ?? []));
  return names.size === 0 ? [request.subject.release] : [...names];
}

/** A test's name as a folder's: readable, and the same each time. */
function folderName(test: string): string {
  return test
    .replaceAll(/[’']/g, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 120);
}
