import type { Check, Verdict } from '@meho/contract/check';
import { ADMISSION_HINT, unknownVerdict } from '@meho/contract/cluster/cluster-view';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
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
} from '@meho/kube/api/resource';
import { type Access, type AccessAnswer, accessAnswer } from '@meho/kube/permissions/allowed';

/**
 * Contract, rke2 access. Tries required rights, with the server's dry run for creations; only asks about forbidden
 * ones.
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

/** @param bindRole ClusterRole that grants them, if named */
export function rightsIn(api: KubeApi, namespace: string, bindRole: string | undefined): readonly Check[] {
  const right = rightOf(bindRole);
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
      // Authorization precedes the lookup.
      if (!(error instanceof KubeError && error.status === 404 && error.reason === 'NotFound')) {
        throw error;
      }
    }
  });
  return [listed, ...created, read];
}

const outOfBounds = ['default', 'kube-system', 'meho'] as const;

export function denials(api: KubeApi): readonly Check[] {
  return outOfBounds.flatMap((namespace) => [
    denial(api, { namespace, verb: 'delete', group: '', resource: 'pods' }),
    denial(api, { namespace, verb: 'create', group: 'apps', resource: 'deployments' }),
  ]);
}

function rightOf(bindRole: string | undefined) {
  return (id: string, what: string, attempt: (signal: AbortSignal) => Promise<void>): Check<never> => {
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
          return refusalVerdict(expected, error, bindRole);
        }
      },
    };
  };
}

/** A missing answer is no denial. */
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
        const { answer, told } = await accessAnswer(api, access, { signal });
        return judgeDenial(access, { answer, told, expected });
      } catch (error) {
        signal.throwIfAborted();
        return unknownVerdict(expected, error);
      }
    },
  };
}

function judgeDenial(
  { namespace, verb, resource }: Access,
  { answer, told, expected }: AccessAnswer & { readonly expected: string },
): Verdict {
  const ask = `kubectl auth can-i ${verb} ${resource} -n ${namespace}`;
  switch (answer) {
    case 'no':
      return { outcome: 'holds', observed: told };
    case 'yes':
      return {
        outcome: 'violated',
        expected,
        observed: told,
        hint: `take that right away: ${ask}; kubectl get rolebindings,clusterrolebindings -A -o wide`,
        severity: 'failure',
      };
    case 'unknown':
      return {
        outcome: 'unknown',
        expected,
        observed: told,
        hint: `the right may be there: mend that authorizer (the API server's --authorization-config or webhook), then ask again: ${ask}`,
      };
  }
}

/** Authorizers say who cannot do what; admission (a policy, quota, webhook) doesn't. */
const authorizersRefusal = /cannot \S+ resource/;

function refusalVerdict(expected: string, error: unknown, bindRole: string | undefined): Verdict {
  if (error instanceof KubeError && error.status === 403) {
    const hint = authorizersRefusal.test(error.message)
      ? bindRole === undefined
        ? 'name the ClusterRole that gives the rights in its namespaces with --bind-role NAME, or have a controller bind one: deploy/lab-identity/ shows a role'
        : `ClusterRole ${bindRole}, which --bind-role binds, doesn't give it: compare it with deploy/lab-identity/`
      : ADMISSION_HINT;
    return { outcome: 'violated', expected, observed: error.message, hint, severity: 'failure' };
  }
  return unknownVerdict(expected, error);
}
