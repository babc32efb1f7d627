import type { V1ClusterRole, V1ClusterRoleBinding } from '@kubernetes/client-node';
import {
  deployments,
  ingressClasses,
  type Json,
  namespaces,
  type Resource,
  secrets,
  serviceAccounts,
  services,
} from '../kube/resource.ts';
import type { ServerCertificate } from './authority.ts';
import { tlsSecret } from './tls-secret.ts';

/** Everything of the controller is called this, and an Ingress names it as its class. */
export const controllerName = 'meho-ingress';
/** The namespace that `networkPolicy.ingressControllerNamespace` must name. */
export const controllerNamespace = 'meho-ingress';

const tlsPort = 9443;
/** Only the kubelet asks here, for readiness: releases are reached by TLS alone. */
const plainPort = 9999;
const certificateFolder = '/etc/skipper/tls';
const certificateSecret = 'default-certificate';

/** One object and how the API serves its kind. */
export interface Manifest {
  readonly resource: Resource<{ readonly metadata?: object }>;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: object;
}

export interface ManifestOptions {
  /** Image reference of skipper. */
  readonly image: string;
  readonly nodePort: number;
  readonly labels: Readonly<Record<string, string>>;
  /** What is shown to a client that asks for a host whose Ingress has no certificate. */
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

/** The objects of the controller, the namespace first: the others go into it or beside it. */
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
    // The default, because the chart leaves `ingress.className` empty (seed, "Common operator overrides").
    beside(
      ingressClasses,
      { spec: { controller: 'zalando.org/skipper' } },
      { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    ),
    inside(secrets, { type: secret.type, stringData: secret.stringData }, certificateSecret),
    inside(services, {
      spec: {
        type: 'NodePort',
        selector: selector(),
        ports: [{ name: 'https', port: 443, targetPort: 'https', nodePort: options.nodePort }],
      },
    }),
    inside(deployments, { spec: deploymentSpec(options.image, labels) }),
  ];
}

/** The level under which releases run as well: the controller asks for no exception. */
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };

/** What skipper reads to make routes; Secrets for the certificates that Ingresses name. */
const readRules = [
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['services', 'endpoints', 'secrets'], verbs: ['get', 'list'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list'] },
];

function selector() {
  return { 'app.kubernetes.io/name': controllerName };
}

function deploymentSpec(image: string, labels: Readonly<Record<string, string>>) {
  return {
    replicas: 1,
    selector: { matchLabels: selector() },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: controllerName,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 1,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65532,
          runAsGroup: 65532,
          fsGroup: 65532,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'skipper',
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['skipper', ...skipperFlags],
            ports: [
              { name: 'https', containerPort: tlsPort },
              { name: 'health', containerPort: plainPort },
            ],
            readinessProbe: {
              httpGet: { path: '/kube-system/healthz', port: 'health' },
              periodSeconds: 1,
              failureThreshold: 3,
            },
            resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [{ name: 'tls', mountPath: certificateFolder, readOnly: true }],
          },
        ],
        volumes: [{ name: 'tls', secret: { secretName: certificateSecret, defaultMode: 0o440 } }],
      },
    },
  };
}

/** A flag that skipper doesn't know ends it, so each of these is proven by the start. */
const skipperFlags = [
  '-kubernetes',
  '-kubernetes-in-cluster',
  '-kubernetes-enable-tls',
  `-kubernetes-ingress-class=^${controllerName}$`,
  '-enable-kubernetes-endpointslices',
  // Everything comes by TLS; there is nothing to redirect.
  '-kubernetes-https-redirect=false',
  `-address=:${tlsPort}`,
  `-insecure-address=:${plainPort}`,
  `-tls-cert=${certificateFolder}/tls.crt`,
  `-tls-key=${certificateFolder}/tls.key`,
  // Routes are looked up anew at this interval: what a release waits for between its rollout and its first answer.
  '-source-poll-timeout=500',
  '-wait-first-route-load',
  // As ingress-nginx does: the backplane makes links and redirects from what the client asked for.
  '-proxy-preserve-host',
  '-forwarded-headers=X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Port=443,X-Forwarded-Proto=https',
  // A query may hold what doesn't belong into a log.
  '-access-log-strip-query',
  '-wait-for-healthcheck-interval=0s',
];
