export const controllerName = 'meho-ingress';
export const controllerNamespace = 'meho-ingress';

const tlsPort = 9443;
/** For the kubelet's readiness probe only. */
const plainPort = 9999;
const certificateFolder = '/etc/skipper/tls';
export const certificateSecret = 'default-certificate';

export const selector = { 'app.kubernetes.io/name': controllerName };

/** Satisfies `restricted`. */
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

/** Skipper exits on an unknown flag, so starting proves them all. */
const skipperFlags = [
  '-kubernetes',
  '-kubernetes-in-cluster',
  '-kubernetes-enable-tls',
  `-kubernetes-ingress-class=^${controllerName}$`,
  '-enable-kubernetes-endpointslices',
  // Everything arrives by TLS.
  '-kubernetes-https-redirect=false',
  `-address=:${tlsPort}`,
  `-insecure-address=:${plainPort}`,
  `-tls-cert=${certificateFolder}/tls.crt`,
  `-tls-key=${certificateFolder}/tls.key`,
  // Interval in ms for new routes, which a release waits for after its rollout.
  '-source-poll-timeout=500',
  '-wait-first-route-load',
  // Like ingress-nginx: the backplane builds links and redirects from the client's request.
  '-proxy-preserve-host',
  '-forwarded-headers=X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Port=443,X-Forwarded-Proto=https',
  // HTTP/1 only: over HTTP/2 strict clients (curl, browsers) reject the whole answer (RFC 9113, 8.2.2). Skipper
  // forwards them; its -remove-hop-headers only affects requests.
  '-default-filters-append=dropResponseHeader("Keep-Alive") -> dropResponseHeader("Proxy-Connection")',
  // A query may hold what must not be logged.
  '-access-log-strip-query',
  '-wait-for-healthcheck-interval=0s',
];
