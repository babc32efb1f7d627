import { STUB_HOST } from '@meho/contract/testing/stub-backplane';
import type { StandInObject } from './stand-in-objects.ts';

const replicas = 2;
const isTrue = (type: string) => ({ type, status: 'True' });

/** What an API server keeps of a release that is up, by plural. */
export function releaseObjects(
  namespace: string,
  host = STUB_HOST,
): Readonly<Record<string, readonly StandInObject[]>> {
  const labels = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'meho' };
  const metadata = (name: string) => ({ name, namespace, uid: `${namespace}-${name}`, generation: 1, labels });
  const containers = [{ name: 'backplane', image: 'meho:1' }];
  const backend = { service: { name: 'meho', port: { number: 80 } } };
  return {
    namespaces: [{ metadata: { name: namespace, uid: `uid-of-${namespace}` } }],
    deployments: [
      {
        metadata: metadata('meho'),
        spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
        status: {
          observedGeneration: 1,
          ...{ replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
          conditions: [isTrue('Available')],
        },
      },
    ],
    jobs: [
      {
        metadata: { ...metadata('meho-migrate'), labels: { ...labels, 'app.kubernetes.io/component': 'migrate' } },
        spec: { completions: 1 },
        status: { succeeded: 1, conditions: [isTrue('Complete')] },
      },
    ],
    pods: ['meho-1', 'meho-2'].map((name) => ({
      metadata: metadata(name),
      spec: { containers },
      status: { phase: 'Running', conditions: [isTrue('Ready')] },
    })),
    services: [{ metadata: metadata('meho'), spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] } }],
    ingresses: [
      {
        metadata: metadata('meho'),
        spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
      },
    ],
  };
}

/** All objects of several, by plural. */
export function together(
  all: readonly Readonly<Record<string, readonly StandInObject[]>>[],
): Readonly<Record<string, readonly StandInObject[]>> {
  const plurals = new Set(all.flatMap((each) => Object.keys(each)));
  return Object.fromEntries([...plurals].map((plural) => [plural, all.flatMap((each) => each[plural] ?? [])]));
}
