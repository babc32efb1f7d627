import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority, STUB_SHA } from '@meho/contract/testing/stub-backplane';
import { defaulted } from '@meho/core/command-line/flags';
import { wholeNumber } from '@meho/core/command-line/values';
import { unsetVerifierVariables } from '@meho/core/config';
import { serveTcp } from '@meho/core/http/testing/local-server';
import { run } from '@meho/core/process/run';
import { out } from '@meho/core/report/output';
import { seconds } from '@meho/core/report/timeline';
import { repositoryRoot } from '@meho/core/repository';
import { peakBytesIn, tellPeakScript } from '@meho/core/testing/tell-peak';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';
import {
  serveBackplanes,
  serveCluster,
  standInReleases,
  writeClusterKubeconfig,
} from '@meho/verifiers/testing/fleet-stand-ins';
import { readInput } from '../commands/calling/input.ts';
import type { CommandContext } from '../commands/command.ts';

export const fleetSoakFlags = {
  releases: defaulted('COUNT', 'how many releases there are in all', wholeNumber(1, 10_000), 200),
  clusters: defaulted('COUNT', 'how many API servers they are spread over', wholeNumber(1, 100), 5),
};

/** For 200 releases on 5 API servers, on two cores. */
const bars = { ms: 30_000, mib: 300 };
const otherSha = '0123456789abcdef0123456789abcdef01234567';
const deadlineMs = 20 * 60_000;
interface Round {
  readonly title: string;
  readonly args: readonly string[];
  readonly exitCode: 0 | 1;
  /** Names of what has to be red, and nothing else. */
  readonly red: readonly string[];
}

/** Measures the packed command against stand-ins that answer over TLS; they share the machine with it. */
export async function soakFleet(args: readonly string[], { progress }: CommandContext): Promise<0 | 1> {
  const { values } = readInput(fleetSoakFlags, args);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-fleet-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const program = path.join(folder, 'dist', 'meho-acceptance.js');
  await progress.step('pack the command', async () => {
    await bundleVerifiers(path.dirname(program));
    await copyFile(path.join(repositoryRoot, 'package.json'), path.join(folder, 'package.json'));
  });
  const authority = await createAuthority();
  const ca = path.join(folder, 'ca.pem');
  const preload = path.join(folder, 'tell-peak.mjs');
  await Promise.all([writeFile(ca, authority.certificatePem), writeFile(preload, tellPeakScript)]);
  const clusters = [];
  const kubeconfigs: string[] = [];
  for (let index = 0; index < values.clusters; index += 1) {
    const count = Math.floor((values.releases + index) / values.clusters);
    const cluster = stack.use(await serveCluster(authority, standInReleases(`c${index}`, count)));
    clusters.push(cluster);
    kubeconfigs.push('--kubeconfig', await writeClusterKubeconfig(folder, `lab-${index}`, { port: cluster.port, ca }));
  }
  const hosts = stack.use(await serveBackplanes(authority, clusters));
  const silent = stack.use(await serveTcp(() => undefined));
  const silentFile = await writeClusterKubeconfig(folder, 'silent', { port: silent.port, ca });
  const common = ['--cacert', ca, '--connect-to', `127.0.0.1:${hosts.port}`, '--expected-git-sha', STUB_SHA];
  const environment = { ...unsetVerifierVariables(), HOME: folder, NODE_OPTIONS: `--import=${preload}` };
  const measured = async ({ title, args: own, exitCode: expected, red }: Round): Promise<boolean> => {
    const started = performance.now();
    const ended = await progress.step(title, () =>
      run(process.execPath, [program, 'fleet', ...own, ...common, '--output', 'json'], {
        env: environment,
        timeoutMs: deadlineMs,
        acceptExitCodes: [1, 2],
      }),
    );
    const tookMs = performance.now() - started;
    const mib = peakBytesIn(ended.stderr) / 1024 / 1024;
    const found = redIn(ended.stdout);
    const isRight = ended.exitCode === expected && found.toSorted().join() === red.toSorted().join();
    const isQuick = values.releases > 200 || (tookMs < bars.ms && mib < bars.mib);
    const verdict = isRight ? 'as it is' : `expected ${red.join(', ') || 'no'} red, seen ${found.join(', ') || 'none'}`;
    out(
      `${title}: ${values.releases} releases on ${values.clusters} API servers, verdict ${verdict}; ${seconds(tookMs)} of ${seconds(bars.ms)}, peak ${mib.toFixed(0)} of ${bars.mib} MiB\n`,
    );
    return isRight && isQuick;
  };
  const holds = await measured({ title: 'all hold', args: kubeconfigs, exitCode: 0, red: [] });
  const [first] = clusters[0]?.releases ?? [];
  if (first !== undefined) {
    clusters[0]?.releases.splice(0, 1, { ...first, gitSha: otherSha });
  }
  const finds = await measured({
    title: 'one broken, one API server silent',
    args: [...kubeconfigs, '--kubeconfig', silentFile],
    exitCode: 1,
    red: first === undefined ? ['silent'] : ['silent', `lab-0/${first.namespace}/${first.release}`],
  });
  return holds && finds ? 0 : 1;
}

function redIn(document: string): readonly string[] {
  const { clusters = [], releases = [] } = JSON.parse(document) as {
    readonly clusters?: readonly { readonly name: string; readonly check: { readonly status: string } }[];
    readonly releases?: readonly { readonly name: string; readonly outcome: string }[];
  };
  return [
    ...clusters.filter(({ check }) => check.status === 'FAIL').map(({ name }) => name),
    ...releases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name),
  ];
}
