/** Everything of the controller is called this, and an Ingress names it as its class. */
export const controllerName = 'meho-ingress';
/** The namespace that `networkPolicy.ingressControllerNamespace` must name. */
export const controllerNamespace = 'meho-ingress';

const tlsPort = 9443;
/** Only the kubelet asks here, for readiness: releases are reached by TLS alone. */
const plainPort = 9999;
const certificateFolder = '/etc/skipper/tls';
/** Secret with the certificate for hosts that have none of their own. */
export const certificateSecret = 'default-certificate';

/** What its pods are known by. */
export const selector = { 'app.kubernetes.io/name': controllerName };

/** Skipper's Deployment, admitted under the restricted level. */
export function deploymentSpec(image: string, labels: Readonly<Record<string, string>>) {
  return {
    replicas: 1,
    selector: { matchLabels: selector },
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
  // Fit for HTTP/1 only: over HTTP/2 a strict client (curl, browsers) takes the whole answer for malformed (RFC 9113,
  // 8.2.2). Skipper hands them on, and its -remove-hop-headers means those of requests.
  '-default-filters-append=dropResponseHeader("Keep-Alive") -> dropResponseHeader("Proxy-Connection")',
  // A query may hold what doesn't belong into a log.
  '-access-log-strip-query',
  '-wait-for-healthcheck-interval=0s',
];
