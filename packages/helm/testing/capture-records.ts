import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '@meho/core/process/run';
import { KubeApi } from '@meho/kube/api/api';
import { type Job, jobs, namespaces } from '@meho/kube/api/resource';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { documentOf } from '../record.ts';
import { type StoredRecord, storedRecords } from '../storage.ts';
import { type CapturedRecord, writeCaptured } from './captured.ts';
import { recordChart } from './record-chart.ts';
import { Driver, RELEASE, scenarios } from './scenarios.ts';

/**
 * Captures a helm's records for tests: `node packages/helm/testing/capture-records.ts HELM KUBECONFIG` writes
 * `captured/helm-VERSION.json.gz`. An API server suffices: without a controller, Jobs end by their label.
 */

const [helm = 'helm', kubeconfigFile = '', ...only] = process.argv.slice(2);
const signal = new AbortController().signal;
using api = new KubeApi(await accessOf(parseKubeconfig(await readFile(kubeconfigFile, 'utf8')), undefined, signal));
const version = (await run(helm, ['version', '--template', '{{.Version}}'], { timeoutMs: 30_000 })).stdout.trim();
await using chart = await recordChart();
const over = new AbortController();
const ending = endJobs(over.signal);
const captured: Record<string, readonly CapturedRecord[]> = {};
for (const [index, [name, drive]] of Object.entries(scenarios).entries()) {
  if (only.length > 0 && !only.includes(name)) {
    continue;
  }
  const namespace = `capture-${version.replaceAll(/[^a-z0-9]/g, '-')}-${index}-${Date.now().toString(36)}`;
  await api.create(namespaces, undefined, { metadata: { name: namespace } });
  await drive(new Driver({ api, helm, kubeconfigFile, chart: chart.folder, namespace }));
  captured[name] = (await storedRecords(api, { namespace, release: RELEASE })).map(unpackRecord);
  process.stderr.write(`${version}: ${name}: ${captured[name].length} records\n`);
}
over.abort();
await ending;
writeCaptured({ helm: version, scenarios: captured });

function unpackRecord(record: StoredRecord): CapturedRecord {
  const { name = '', labels = {}, creationTimestamp = '' } = record.metadata ?? {};
  return { metadata: { name, labels, creationTimestamp }, document: documentOf(record) };
}

/** Stands in for the Job controller and a kubelet. */
async function endJobs(until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const { items } = await api.list(jobs, { labels: 'end in (complete,failed)' });
    await Promise.all(items.filter(({ status }) => status?.startTime === undefined).map(end));
    await delay(200, undefined, { signal: until }).catch(() => undefined);
  }
}

async function end({ metadata }: Job): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now, lastProbeTime: now });
  const status =
    metadata?.labels?.['end'] === 'failed'
      ? { failed: 1, conditions: ['FailureTarget', 'Failed'].map(condition) }
      : { succeeded: 1, completionTime: now, conditions: ['SuccessCriteriaMet', 'Complete'].map(condition) };
  const patch = { status: { startTime: now, ...status } };
  const { namespace, name = '' } = metadata ?? {};
  await api.patch(jobs, namespace, name, patch, { subresource: 'status' });
}
