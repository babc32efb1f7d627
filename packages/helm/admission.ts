import type { KubernetesObject, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import { Problem } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';

export interface AdmissionTarget {
  readonly kubectl: string;
  readonly kubeconfigFile: string;
  /** Must exist without the objects; its PodSecurity labels apply to the pods. */
  readonly namespace: string;
  readonly signal?: AbortSignal;
}

const DEADLINE_MS = 60_000;

/**
 * Asks the API server, as a dry run, to accept the objects and their templates' pods; unknown fields and warnings count
 * as refusals. Objects name no namespace or the target's.
 *
 * @throws Problem with the server's words for each refusal
 */
export async function admit(objects: readonly KubernetesObject[], target: AdmissionTarget): Promise<void> {
  // PodSecurity only warns about templates, and refuses pods.
  const asked = [...objects, ...podsOfTemplates(objects)];
  if (asked.length === 0) {
    throw new Problem({
      expected: 'objects to ask the API server about',
      observed: 'there are none',
      next: 'look at what the chart renders',
    });
  }
  const { kubectl, kubeconfigFile, namespace, signal } = target;
  const args = ['create', '--namespace', namespace, '--dry-run=server', '--validate=strict', '--warnings-as-errors'];
  try {
    await run(kubectl, [...args, '--filename', '-'], {
      env: { KUBECONFIG: kubeconfigFile },
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: asked }),
      timeoutMs: DEADLINE_MS,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode === undefined) {
      throw error;
    }
    throw new Problem(
      {
        expected: `the API server to take all ${asked.length} objects into namespace ${namespace}`,
        observed: shorten(error.stderr),
        next: 'correct the template that renders the object',
      },
      { cause: error },
    );
  }
}

/**
 * Dry-runs each pod separately.
 *
 * @returns PodSecurity's objections, or the server's line for any other refusal; empty if accepted
 */
export async function podRefusals(
  pods: readonly V1PodTemplateSpec[],
  { kubectl, kubeconfigFile, namespace, signal }: AdmissionTarget,
): Promise<readonly (string | undefined)[]> {
  const items = pods.map(({ metadata, spec }, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `pod-${index}` },
    spec,
  }));
  const args = ['create', '--namespace', namespace, '--dry-run=server', '--validate=strict', '--output', 'name'];
  const { stdout, stderr } = await run(kubectl, [...args, '--filename', '-'], {
    env: { KUBECONFIG: kubeconfigFile },
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    timeoutMs: DEADLINE_MS,
    acceptExitCodes: [1],
    ...(signal === undefined ? {} : { signal }),
  });
  const taken = new Set(stdout.split('\n'));
  return items.map(({ metadata: { name } }) => {
    if (taken.has(`pod/${name}`)) {
      return undefined;
    }
    const line = stderr.split('\n').find((each) => each.includes(`"${name}" is `));
    return line?.split(/violates PodSecurity "restricted:latest": /)[1] ?? line ?? `no answer: ${shorten(stderr)}`;
  });
}

/** E.g. `1.34`. */
export async function serverMinor({ kubectl, kubeconfigFile, signal }: AdmissionTarget): Promise<string> {
  const { stdout } = await run(kubectl, ['version', '--output', 'json'], {
    env: { KUBECONFIG: kubeconfigFile },
    timeoutMs: DEADLINE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  const { serverVersion }: { readonly serverVersion: { readonly gitVersion: string } } = JSON.parse(stdout);
  return /^v(\d+\.\d+)\./.exec(serverVersion.gitVersion)?.[1] ?? serverVersion.gitVersion;
}

function shorten(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (line.length > 600 ? `${line.slice(0, 300)} … ${line.slice(-300)}` : line))
    .join('\n');
}

export function podsOfTemplates(objects: readonly KubernetesObject[]): readonly V1Pod[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (template?.spec === undefined) {
      return [];
    }
    // The account may not exist yet, and doesn't affect what a pod may do to its node.
    const { serviceAccountName: _account, restartPolicy: _policy, ...spec } = template.spec;
    const name = `${object.kind?.toLowerCase()}-${object.metadata?.name}`.slice(0, 63).replace(/-+$/, '');
    return [{ apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name }, spec }];
  });
}

function templateOf(object: KubernetesObject): V1PodTemplateSpec | undefined {
  return (object as { readonly spec?: { readonly template?: V1PodTemplateSpec } }).spec?.template;
}
