import type { Check, Verdict } from '../contract/check.ts';
import { noLook } from '../contract/cluster-view.ts';
import { type Access, allowed } from '../kube/allowed.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import {
  configMaps,
  deployments,
  ingresses,
  jobs,
  networkPolicies,
  pathOf,
  pods,
  type Resource,
  secrets,
  serviceAccounts,
  services,
} from '../kube/resource.ts';

/**
 * What the smoke's identity must and must not be able to do (contract, rke2 access). What it must do is done, with the
 * server's dry run where something would be made; what it must not, is asked for.
 */

const name = 'meho-verify';
const labels = { app: name };
const podSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 1001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'probe',
      image: 'example.com/nothing:v1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } },
    },
  ],
};
const backend = { service: { name, port: { number: 8000 } } };

const creations: readonly (readonly [Resource<unknown>, Readonly<Record<string, unknown>>])[] = [
  [deployments, { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } } }],
  [services, { spec: { selector: labels, ports: [{ port: 8000 }] } }],
  [configMaps, { data: { key: 'value' } }],
  [secrets, { stringData: { key: 'value' } }],
  [serviceAccounts, {}],
  [networkPolicies, { spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'] } }],
  [
    ingresses,
    {
      spec: {
        rules: [
          {
            host: 'meho-ci-verify.example.com',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend }] },
          },
        ],
      },
    },
  ],
  [jobs, { spec: { template: { metadata: { labels }, spec: { ...podSpec, restartPolicy: 'Never' } } } }],
];

/** What it must be able to do in its own namespace. */
export function rightsIn(api: KubeApi, namespace: string): readonly Check[] {
  const listed = right('pods-list', `list pods in ${namespace}`, async (signal) => {
    await api.list(pods, { namespace }, { signal });
  });
  const created = creations.map(([resource, object]) =>
    right(`${resource.plural}-create`, `create ${resource.plural} in ${namespace}`, async (signal) => {
      await api.create(
        resource,
        namespace,
        { metadata: { name, namespace, labels }, ...object },
        { signal, dryRun: true },
      );
    }),
  );
  const read = right('pod-logs-read', `read the logs of pods in ${namespace}`, async (signal) => {
    try {
      await api.text(`${pathOf(pods, namespace, name)}/log`, { signal });
    } catch (error) {
      // Who may not read it is told so before the pod is looked for.
      if (!(error instanceof KubeError && error.status === 404)) {
        throw error;
      }
    }
  });
  return [listed, ...created, read];
}

/** Namespaces of others, in which it must not be able to do any harm. */
const outOfBounds = ['default', 'kube-system', 'meho'] as const;

export function denials(api: KubeApi): readonly Check[] {
  return outOfBounds.flatMap((namespace) => [
    denial(api, { namespace, verb: 'delete', group: '', resource: 'pods' }),
    denial(api, { namespace, verb: 'create', group: 'apps', resource: 'deployments' }),
  ]);
}

function right(id: string, what: string, attempt: (signal: AbortSignal) => Promise<void>): Check<never> {
  const expected = `the identity to be able to ${what}`;
  return {
    id,
    title: `It can ${what}`,
    needs: [],
    async run(_, signal) {
      try {
        await attempt(signal);
        return { outcome: 'holds', observed: 'the API server lets it' };
      } catch (error) {
        signal.throwIfAborted();
        return refused(expected, error);
      }
    },
  };
}

/** Only the API server's no is one: an answer that did not come is not known to be any. */
function denial(api: KubeApi, access: Access): Check<never> {
  const { namespace, verb, resource } = access;
  const what = `${verb} ${resource} in ${namespace}`;
  const expected = `the API server's answer no to: ${what}`;
  return {
    id: `${namespace}-${resource}-${verb}`,
    title: `It can't ${what}`,
    needs: [],
    async run(_, signal) {
      try {
        return (await allowed(api, access, { signal }))
          ? {
              outcome: 'violated',
              expected,
              observed: 'the API server says yes',
              hint: `take that right away: kubectl auth can-i ${verb} ${resource} -n ${namespace}; kubectl get rolebindings,clusterrolebindings -A -o wide`,
              severity: 'failure',
            }
          : { outcome: 'holds', observed: 'the API server says no' };
      } catch (error) {
        signal.throwIfAborted();
        return noLook(expected, error);
      }
    },
  };
}

function refused(expected: string, error: unknown): Verdict {
  if (error instanceof KubeError && error.status === 403) {
    return {
      outcome: 'violated',
      expected,
      observed: error.message,
      hint: 'give it that right by a RoleBinding in its namespaces: deploy/lab-identity/ shows one',
      severity: 'failure',
    };
  }
  return noLook(expected, error);
}
