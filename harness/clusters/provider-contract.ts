import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exchange } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import type { Progress } from '@meho/core/report/progress';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ResolvedImage } from '@meho/images/image';
import { KubeApi } from '@meho/kube/api/api';
import { nodes } from '@meho/kube/api/resource';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { execInPod } from '@meho/kube/workloads/exec';
import { forwardPort } from '@meho/kube/workloads/port-forward';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractNamespace } from './contract-namespace.ts';
import type { ClusterProvider, StartedCluster } from './provider.ts';

/** Created in `beforeAll`, so that a failure belongs to a test. */
export interface ContractSubject {
  readonly provider: ClusterProvider;
  readonly progress: Progress;
  /** On the node beforehand, or brought there by its start. */
  readonly agnhost: ResolvedImage;
  /** agnhost under a name new to every node. */
  readonly another: ResolvedImage;
  readonly kubectl: string;
  /** A port the provider leads to, if it must know it beforehand. */
  readonly nodePort: number | undefined;
  readonly leftAfterStop: () => Promise<readonly string[]>;
}

/** The same for every provider, which must refuse what it declares impossible. */
export function providerContract(name: string, prepare: () => Promise<ContractSubject>): void {
  describe(`provider contract: ${name}`, () => {
    let subject: ContractSubject;
    let cluster: StartedCluster;
    let api: KubeApi;

    beforeAll(async () => {
      subject = await prepare();
      cluster = await subject.provider.start({
        progress: subject.progress,
        signal: AbortSignal.timeout(180_000),
        images: [subject.agnhost],
      });
      api = await apiOf(cluster);
    });
    afterAll(() => cluster?.stop());

    test('starts into a usable cluster: the server is ready and so is every node', async () => {
      expect(await api.text('/readyz')).toBe('ok');
      const { items } = await api.list(nodes, {});
      const ready = items.map(({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.status);
      expect(ready.length).toBeGreaterThan(0);
      expect(new Set(ready)).toEqual(new Set(['True']));
    });

    test('its kubeconfig has one context and works with kubectl', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'meho-contract-'));
      try {
        const file = join(folder, 'config');
        await writeFile(file, cluster.kubeconfig, { mode: 0o600 });
        expect(parseKubeconfig(cluster.kubeconfig).contexts).toHaveLength(1);
        const args = ['--kubeconfig', file, 'auth', 'whoami', '--output', 'jsonpath={.status.userInfo.username}'];
        const { stdout } = await run(subject.kubectl, args, { timeoutMs: 20_000 });
        expect(stdout).not.toBe('');
        expect(stdout).not.toBe('system:anonymous');
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('describes what is under test, with the version that the server tells', async () => {
      const description = await cluster.describe();
      const { gitVersion } = JSON.parse(await api.text('/version'));
      expect(description.kubernetesVersion).toBe(gitVersion);
      expect(description.distribution).not.toBe('');
      expect(description.policyEngine.title).not.toBe('');
      expect(description.origin).not.toBe('');
    });

    test('declares the capabilities of its cluster', () => {
      expect(cluster.capabilities).toEqual(subject.provider.capabilities);
      expect(cluster.network !== undefined).toBe(cluster.capabilities.siblingContainers);
    });

    test('brings an image onto the node, or refuses as declared', async () => {
      if (!cluster.capabilities.loadImages) {
        await expect(cluster.loadImages([subject.another])).rejects.toThrow(Problem);
        return;
      }
      await cluster.loadImages([subject.another]);
      await using namespace = await contractNamespace(api);
      await namespace.idle('loaded', subject.another);
    });

    test('leads to a NodePort Service', async () => {
      await using namespace = await contractNamespace(api);
      await namespace.serve('served', subject.agnhost);
      const { host, port } = await cluster.nodePortAddress(await namespace.expose('served', subject.nodePort));
      const answer = await waitFor(
        'the pod to answer through its node port',
        async () => {
          const url = new URL(`http://${host}:${port}/hostname`);
          const { status, body } = await exchange({ url, deadlineMs: 2_000 });
          return status === 200 ? holds(body) : notYet(`${status}: ${body}`);
        },
        { deadlineMs: 20_000 },
      );
      expect(answer).toBe('served');
    });

    test('runs commands in pods and tells their exit codes and output', async () => {
      await using namespace = await contractNamespace(api);
      await namespace.idle('asked', subject.agnhost);
      const exec = (...command: string[]) =>
        execInPod(
          api,
          { namespace: namespace.name, pod: 'asked', container: 'agnhost', command: ['/agnhost', ...command] },
          AbortSignal.timeout(20_000),
        );
      expect(await exec('connect', 'kubernetes.default:443', '--timeout=5s')).toEqual({ exitCode: 0, output: '' });
      const refused = await exec('connect', '127.0.0.1:1', '--timeout=5s');
      expect(refused.exitCode).not.toBe(0);
      expect(refused.output).toContain('REFUSED');
    });

    test('gives the logs of pods', async () => {
      await using namespace = await contractNamespace(api);
      await namespace.serve('logged', subject.agnhost);
      const log = await api.text(`/api/v1/namespaces/${namespace.name}/pods/logged/log`);
      expect(log).toMatch(/http.*8080/i);
    });

    test('forwards ports to pods', async () => {
      await using namespace = await contractNamespace(api);
      await namespace.serve('forwarded', subject.agnhost);
      await using forward = await forwardPort(api, namespace.name, 'forwarded', 8080);
      const url = new URL(`http://127.0.0.1:${forward.port}/hostname`);
      expect(await exchange({ url, deadlineMs: 10_000 })).toMatchObject({ status: 200, body: 'forwarded' });
    });

    test('stops twice, and what was ours is gone', async () => {
      await cluster.stop();
      await cluster.stop();
      expect(await subject.leftAfterStop()).toEqual([]);
      const answers = await apiOf(cluster)
        .then((after) => after.text('/readyz'))
        .catch(() => 'gone');
      expect(answers).toBe(cluster.capabilities.disposable ? 'gone' : 'ok');
    });
  });
}

export async function apiOf({ kubeconfig }: { readonly kubeconfig: string }): Promise<KubeApi> {
  return new KubeApi(await accessOf(parseKubeconfig(kubeconfig), undefined, AbortSignal.timeout(20_000)));
}
