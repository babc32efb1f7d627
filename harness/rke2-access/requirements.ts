import type { Check, Verdict } from '../contract/check.ts';
import { noLook } from '../contract/cluster-view.ts';
import { type Access, type AccessAnswer, accessAnswer } from '../kube/allowed.ts';
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

/**
 * What it must be able to do in its own namespace.
 *
 * @param bindRole the ClusterRole that gives the rights there, where one was named
 */
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
      // Who may not read it is told so before the pod is looked for.
      if (!(error instanceof KubeError && error.status === 404 && error.reason === 'NotFound')) {
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
          return refused(expected, error, bindRole);
        }
      },
    };
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
        const { answer, told } = await accessAnswer(api, access, { signal });
        return judgeDenial(access, { answer, told, expected });
      } catch (error) {
        signal.throwIfAborted();
        return noLook(expected, error);
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

/** A refusal by an authorizer names who cannot do what; one by admission (a policy, a quota, a webhook) does not. */
const authorizersRefusal = /cannot \S+ resource/;

function refused(expected: string, error: unknown, bindRole: string | undefined): Verdict {
  if (error instanceof KubeError && error.status === 403) {
    const hint = authorizersRefusal.test(error.message)
      ? bindRole === undefined
        ? 'name the ClusterRole that gives the rights in its namespaces with --bind-role NAME, or have a controller bind one: deploy/lab-identity/ shows a role'
        : `ClusterRole ${bindRole}, which --bind-role binds, doesn't give it: compare it with deploy/lab-identity/`
      : 'the right is there, and admission refuses the object: look at the policy, quota or webhook that the message names';
    return { outcome: 'violated', expected, observed: error.message, hint, severity: 'failure' };
  }
  return noLook(expected, error);
}
