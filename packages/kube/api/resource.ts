import type {
  CoreV1Event,
  V1ConfigMap,
  V1ContainerStatus,
  V1Deployment,
  V1EndpointSlice,
  V1Ingress,
  V1IngressClass,
  V1Job,
  V1Namespace,
  V1NetworkPolicy,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Secret,
  V1Service,
  V1ServiceAccount,
} from '@kubernetes/client-node';

/** As JSON: dates are text. */
export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : T extends object
      ? { readonly [Member in keyof T]: Json<T[Member]> }
      : T;

export interface Resource<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** False for a review. */
  readonly stored?: false;
  /** Carries the type only. */
  readonly type?: T;
}

function namespaced<T>(apiVersion: string, kind: string, plural: string): Resource<Json<T>> {
  return { apiVersion, kind, plural, namespaced: true };
}

function clusterWide<T>(apiVersion: string, kind: string, plural: string): Resource<Json<T>> {
  return { apiVersion, kind, plural, namespaced: false };
}

export const configMaps = namespaced<V1ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const deployments = namespaced<V1Deployment>('apps/v1', 'Deployment', 'deployments');
export const endpointSlices = namespaced<V1EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const events = namespaced<CoreV1Event>('v1', 'Event', 'events');
export const ingresses = namespaced<V1Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const jobs = namespaced<V1Job>('batch/v1', 'Job', 'jobs');
export const networkPolicies = namespaced<V1NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies');
export const pods = namespaced<V1Pod>('v1', 'Pod', 'pods');
export const replicaSets = namespaced<V1ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const resourceQuotas = namespaced<V1ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas');
export const secrets = namespaced<V1Secret>('v1', 'Secret', 'secrets');
export const serviceAccounts = namespaced<V1ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const services = namespaced<V1Service>('v1', 'Service', 'services');

export const ingressClasses = clusterWide<V1IngressClass>('networking.k8s.io/v1', 'IngressClass', 'ingressclasses');
export const namespaces = clusterWide<V1Namespace>('v1', 'Namespace', 'namespaces');
export const nodes = clusterWide<V1Node>('v1', 'Node', 'nodes');

export type Deployment = Json<V1Deployment>;
export type Ingress = Json<V1Ingress>;
export type Job = Json<V1Job>;
export type Node = Json<V1Node>;
export type Pod = Json<V1Pod>;
export type Event = Json<CoreV1Event>;
export type Service = Json<V1Service>;
export type SecretObject = Json<V1Secret>;
export type ReplicaSet = Json<V1ReplicaSet>;
export type ContainerStatus = Json<V1ContainerStatus>;

export function pathOf(resource: Resource<unknown>, namespace: string | undefined, name?: string): string {
  const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
