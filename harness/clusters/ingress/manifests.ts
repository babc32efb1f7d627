import type { V1ClusterRole, V1ClusterRoleBinding } from '@kubernetes/client-node';
import type { ServerCertificate } from '@meho/core/testing/authority';
import {
  deployments,
  ingressClasses,
  type Json,
  namespaces,
  type Resource,
  secrets,
  serviceAccounts,
  services,
} from '@meho/kube/api/resource';
import { certificateSecret, controllerName, controllerNamespace, deploymentSpec, selector } from './skipper.ts';
import { tlsSecret } from './tls-secret.ts';

export interface Manifest {
  readonly resource: Resource<{ readonly metadata?: object }>;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: object;
}

export interface ManifestOptions {
  readonly image: string;
  readonly nodePort: number;
  readonly labels: Readonly<Record<string, string>>;
  /** For hosts whose Ingress has none. */
  readonly certificate: ServerCertificate;
}

const clusterRoles: Resource<Json<V1ClusterRole>> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
};

const clusterRoleBindings: Resource<Json<V1ClusterRoleBinding>> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

export function manifests(options: ManifestOptions): readonly [Manifest, ...Manifest[]] {
  const labels = { ...options.labels, 'app.kubernetes.io/name': controllerName };
  const inside = (resource: Manifest['resource'], object: object, name = controllerName): Manifest => ({
    resource,
    namespace: controllerNamespace,
    name,
    object: { metadata: { name, namespace: controllerNamespace, labels }, ...object },
  });
  const beside = (resource: Manifest['resource'], object: object, annotations = {}): Manifest => ({
    resource,
    namespace: undefined,
    name: controllerName,
    object: { metadata: { name: controllerName, labels, annotations }, ...object },
  });
  const secret = tlsSecret({ name: certificateSecret, namespace: controllerNamespace, labels }, options.certificate);
  return [
    {
      resource: namespaces,
      namespace: undefined,
      name: controllerNamespace,
      object: { metadata: { name: controllerNamespace, labels: { ...labels, ...restricted } } },
    },
    inside(serviceAccounts, {}),
    beside(clusterRoles, { rules: readRules }),
    beside(clusterRoleBindings, {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: controllerName },
      subjects: [{ kind: 'ServiceAccount', name: controllerName, namespace: controllerNamespace }],
    }),
    // The cluster's default, because the chart leaves `ingress.className` empty (seed, "Common operator overrides").
    beside(
      ingressClasses,
      { spec: { controller: 'zalando.org/skipper' } },
      { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    ),
    inside(secrets, { type: secret.type, stringData: secret.stringData }, certificateSecret),
    inside(services, {
      spec: {
        type: 'NodePort',
        selector,
        ports: [{ name: 'https', port: 443, targetPort: 'https', nodePort: options.nodePort }],
      },
    }),
    inside(deployments, { spec: deploymentSpec(options.image, labels) }),
  ];
}

/** Releases run at this level too: the controller needs no exception. */
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };

/** Skipper reads routes, and Secrets with the Ingresses' certificates. */
const readRules = [
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['services', 'endpoints', 'secrets'], verbs: ['get', 'list'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list'] },
];
