import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { STUB_HOST, STUB_SHA, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { unsetVerifierVariables } from '@meho/core/config';
import type { Authority } from '@meho/core/testing/authority';
import { serveStubApi, writeKubeconfig } from '@meho/kube/testing/stub-api-server';
import { corpusFolder } from '@meho/migration-lint/corpus/corpus';
import { healthyRelease } from './healthy-release.ts';
import type { TimedCall } from './timed.ts';

/** One call that both builds understand, and what its median may cost beside the baseline's. */
export interface PairSubject {
  readonly name: string;
  readonly what: string;
  readonly pairs: number;
  /** Ratio of medians, for wall and processor time. */
  readonly bar?: number;
  prepare(place: Place): Promise<TimedCall>;
}

interface Place {
  /** Private, with the authority's certificate as `ca.pem`. */
  readonly folder: string;
  readonly authority: Authority;
  use<T extends AsyncDisposable>(thing: T): T;
}

const caOf = ({ folder }: Place) => path.join(folder, 'ca.pem');
const environmentOf = ({ folder }: Place) => ({ ...unsetVerifierVariables(), HOME: folder });

/** Design, "install-verify / smoke verdict". */
const verdictBar = 1.1;

const smoke: PairSubject = {
  name: 'smoke',
  what: 'smoke of a healthy stub, without a cluster',
  pairs: 21,
  bar: verdictBar,
  async prepare(place) {
    const { port } = place.use(await serveStub(place.authority));
    const flags = ['--backplane', `https://${STUB_HOST}`, '--connect-to', `127.0.0.1:${port}`, '--cacert', caOf(place)];
    const env = { ...environmentOf(place), MEHO_ACCESS_TOKEN: STUB_TOKEN };
    return { args: ['smoke', ...flags, '--skip-cluster-checks'], env, exitCode: 0 };
  },
};

async function installCall(place: Place, more: readonly string[]): Promise<TimedCall> {
  const { port } = place.use(await serveStub(place.authority));
  const flags = ['--host', STUB_HOST, '--connect-to', `127.0.0.1:${port}`, '--cacert', caOf(place)];
  const args = ['install-verify', ...flags, '--expected-git-sha', STUB_SHA, ...more];
  return { args, env: environmentOf(place), exitCode: 0 };
}

const install: PairSubject = {
  name: 'install-verify',
  // Ten asks of /version, each over a connection of its own, where the builds before 0.2.0 asked once.
  what: 'install-verify of a healthy stub, without a cluster',
  pairs: 21,
  prepare: (place) => installCall(place, ['--skip-cluster-checks']),
};

const installWithCluster: PairSubject = {
  name: 'install-verify-cluster',
  what: 'install-verify of a healthy stub, with a kubeconfig',
  pairs: 21,
  async prepare(place) {
    const keyPair = await place.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
    const { port } = place.use(await serveStubApi(keyPair, healthyRelease));
    const kubeconfig = await writeKubeconfig(path.join(place.folder, 'kubeconfig'), caOf(place), port);
    return installCall(place, ['--kubeconfig', kubeconfig]);
  },
};

const lint: PairSubject = {
  name: 'lint',
  what: "migration-compat over the corpus' SQL",
  pairs: 11,
  async prepare(place) {
    const env = environmentOf(place);
    return { args: ['migration-compat', path.join(corpusFolder, 'migrations')], env, exitCode: 1 };
  },
};

/** A single file, as most pull requests have it. */
const lintOne: PairSubject = {
  name: 'lint-one',
  what: 'migration-compat of one file',
  pairs: 21,
  async prepare(place) {
    const file = path.join(place.folder, '0001_add.sql');
    await writeFile(file, "SET lock_timeout = '2s';\nALTER TABLE audit_log ADD COLUMN note text;\n");
    return { args: ['migration-compat', file], env: environmentOf(place), exitCode: 0 };
  },
};

export const pairSubjects: readonly PairSubject[] = [smoke, install, installWithCluster, lintOne, lint];
