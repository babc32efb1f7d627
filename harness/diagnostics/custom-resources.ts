import type { CustomObject } from '../helm/custom-objects.ts';
import { newestRevision, revisionStatuses } from '../helm/history.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { Resource } from '../kube/resource.ts';
import type { Cause } from './cause.ts';
import { redactor } from './redact.ts';

/** As the Secret that an ExternalSecret brings: its controller has this long to put it right. */
const graceMs = 6000;

/** Who is at it: another answer will come by itself. */
const underWay: ReadonlySet<string> = new Set(['Issuing', 'Reconciling', 'Progressing']);

const redact = redactor();

/**
 * The custom resources of the release that helm is about to make. Helm 4 waits for one that says Ready=False until its time is
 * over, where Helm 3 doesn't look: at an upgrade always, at an install where the controller is quicker than the rest.
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

  /** Those that aren't ready now; none as long as helm has written down nothing of what it is about to do. */
  async notReady(signal: AbortSignal): Promise<readonly Cause[]> {
    const objects = await (this.#objects ?? this.#begun(signal));
    const looks = objects.map(async (known) => {
      const scope = known.resource.namespaced ? (known.namespace ?? this.#namespace) : undefined;
      return causeOf(known, scope, await this.#found(known, scope, signal));
    });
    return (await Promise.all(looks)).filter((cause) => cause !== undefined);
  }

  /** Undefined as well where it may not be looked at. */
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
    // Needs a YAML parser, which runs without a cluster need not load.
    const { customObjects } = await import('../helm/custom-objects.ts');
    const known = await Promise.all(customObjects(revision).map((object) => this.#served(object, signal)));
    const objects = known.filter((each) => each !== undefined);
    this.#objects = Promise.resolve(objects);
    return objects;
  }

  /** How the API server serves the kind; it is the only one who knows its plural. */
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
