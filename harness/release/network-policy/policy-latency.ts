import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeReport } from '@meho/core/report/output';
import { createNamespace, deleteNamespace } from '@meho/kube/workloads/namespace';
import { type Latency, latencyLines, measureLatency } from '@meho/network-policy/latency';
import { runProbePod } from '@meho/network-policy/probe/probing-pod';
import type { Environment } from '../environment/environment.ts';

const removalDeadlineMs = 60_000;
const serves = [8000, 5432].map((port) => ({ port, protocol: 'TCP' as const }));

/** Measures between two pods in namespaces of their own. */
export async function measurePolicyLatency(
  { api, image, request }: Pick<Environment, 'api' | 'image' | 'request'>,
  { rounds, signal }: { readonly rounds: number; readonly signal: AbortSignal },
): Promise<Latency> {
  const id = randomBytes(3).toString('hex');
  await using stack = new AsyncDisposableStack();
  const options = { image: image('probe').reference, ownLabels: request.labels, signal };
  const roles = ['from', 'to'] as const;
  const namespaceOf = (role: (typeof roles)[number]) => `meho-latency-${id}-${role}`;
  stack.defer(async () => {
    await Promise.all(roles.map((role) => deleteNamespace(api, namespaceOf(role), { deadlineMs: removalDeadlineMs })));
  });
  const guest = async (role: (typeof roles)[number]) => {
    const namespace = namespaceOf(role);
    await createNamespace(api, namespace, { ...request.labels }, { signal });
    return stack.use(await runProbePod(api, { ...options, namespace, name: role, labels: { app: role }, serves }));
  };
  const [from, to] = [await guest('from'), await guest('to')];
  return await measureLatency(api, { ...options, from, to, rounds });
}

/** Writes the figures beside the matrix and returns them as lines. */
export async function keepLatency({ request }: Pick<Environment, 'request'>, latency: Latency): Promise<string> {
  const folder = path.join(request.artefacts, 'network-policy');
  await mkdir(folder, { recursive: true });
  await writeReport(path.join(folder, 'latency.json'), 'json', `${JSON.stringify(latency, null, 2)}\n`);
  return `${latencyLines(latency).join('\n')}\n`;
}
