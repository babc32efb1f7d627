import { redactor } from '@meho/core/redaction/redact';
import type { CustomObject } from '@meho/helm/custom-objects';
import { newestRevision, revisionStatuses } from '@meho/helm/history';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import type { Resource } from '@meho/kube/api/resource';
import type { Cause } from './cause.ts';

/** The same grace as for the Secret of an ExternalSecret. */
const graceMs = 6000;

/** A controller is working on it. */
const underWay: ReadonlySet<string> = new Set(['Issuing', 'Reconciling', 'Progressing']);

const redact = redactor();

/**
 * Custom resources that helm is about to create. Helm 4 waits until its timeout for one with Ready=False, always on
 * upgrade and sometimes on install; Helm 3 doesn't look.
 */
export class CustomResources {
  readonly #api: KubeApi;
  readonly #namespace: string;
  readonly #release: string;
  #objects: Promise<readonly Known[]> | undefined;

  constructor(api: KubeApi, { namespace, release }: { readonly namespace: string; readonly release: string }) {
    this.#api = api;
    this.#namespace = namespace;
    this.#release = release;
  }

  /** Empty until helm has recorded what it is about to do. */
  async notReady(signal: AbortSignal): Promise<readonly Cause[]> {
    const objects = await (this.#objects ?? this.#begun(signal));
    const looks = objects.map(async (known) => {
      const scope = known.resource.namespaced ? (known.namespace ?? this.#namespace) : undefined;
      return causeOf(known, scope, await this.#found(known, scope, signal));
    });
    return (await Promise.all(looks)).filter((cause) => cause !== undefined);
  }

  async #found({ resource, name }: Known, scope: string | undefined, signal: AbortSignal): Promise<Custom | undefined> {
    try {
      return await this.#api.find(resource, scope, name, { signal });
    } catch (error) {
      if (error instanceof KubeError && error.status === 403) {
        return undefined;
      }
      throw error;
    }
  }

  async #begun(signal: AbortSignal): Promise<readonly Known[]> {
    const statuses = await revisionStatuses(this.#api, this.#namespace, this.#release, { signal });
    if (statuses.at(-1)?.status.startsWith('pending-') !== true) {
      return [];
    }
    const revision = await newestRevision(this.#api, this.#namespace, this.#release, { signal });
    if (revision === undefined) {
      return [];
    }
    // Loads a YAML parser, needed only with a cluster.
    const { customObjects } = await import('@meho/helm/custom-objects');
    const known = await Promise.all(customObjects(revision).map((object) => this.#served(object, signal)));
    const objects = known.filter((each) => each !== undefined);
    this.#objects = Promise.resolve(objects);
    return objects;
  }

  /** Only the API server knows the plural of a kind. */
  async #served(object: CustomObject, signal: AbortSignal): Promise<Known | undefined> {
    const { apiVersion, kind } = object;
    const list: { readonly resources?: readonly Served[] } = JSON.parse(
      await this.#api.text(`/apis/${apiVersion}`, { signal }),
    );
    const found = list.resources?.find((each) => each.kind === kind && !each.name.includes('/'));
    return found && { ...object, resource: { apiVersion, kind, plural: found.name, namespaced: found.namespaced } };
  }
}

interface Served {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Known extends CustomObject {
  readonly resource: Resource<Custom>;
}

interface Custom {
  readonly metadata?: { readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function causeOf(
  { apiVersion, kind, name, resource }: Known,
  namespace: string | undefined,
  object: Custom | undefined,
): Cause | undefined {
  const { observedGeneration, conditions } = object?.status ?? {};
  const generation = object?.metadata?.generation;
  const isOld = observedGeneration !== undefined && generation !== undefined && observedGeneration < generation;
  if (isOld || !Array.isArray(conditions)) {
    return undefined;
  }
  const told = conditions as readonly Condition[];
  const bad =
    told.find(({ type, status }) => type === 'Stalled' && status === 'True') ??
    told.find(({ type, status }) => type === 'Ready' && status === 'False');
  if (bad === undefined || told.some(({ type, status }) => underWay.has(type) && status === 'True')) {
    return undefined;
  }
  const what = `${resource.plural}.${apiVersion.split('/', 1)[0]} ${name}`;
  return {
    id: 'custom-resource-not-ready',
    object: `${kind} ${name}`,
    expected: 'its controller to call it ready: Helm 4 waits for that, Helm 3 does not',
    observed: redact(`${bad.type}=${bad.status}, ${[bad.reason, bad.message].filter(Boolean).join(': ')}`),
    next: `kubectl describe ${what}${namespace === undefined ? '' : ` --namespace ${namespace}`}; with --wait=legacy Helm 4 waits as Helm 3 does`,
    graceMs,
  };
}
