{{/* The value of app.kubernetes.io/name. */}}
{{- define "meho.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
The full name: fullnameOverride, or the release's name with the chart's, or the release's name alone where it contains
the chart's. Release names may have dots and may begin with a digit; names of Services may not.
*/}}
{{- define "meho.fullname" -}}
{{- $name := .Values.fullnameOverride -}}
{{- if not $name -}}
{{- $name = ternary .Release.Name (printf "%s-%s" .Release.Name (include "meho.name" .)) (contains (include "meho.name" .) .Release.Name) -}}
{{- end -}}
{{- $name = $name | trunc 63 | trimSuffix "-" -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "the release's name makes the objects' name %q, which Kubernetes refuses for a Service: it must begin with a letter and hold only lowercase letters, digits and dashes. Choose another release name or set fullnameOverride" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{/*
The full name with a suffix, in 63 characters. What has to be cut is replaced by a hash, so that neither two releases
nor an object and its suffixed sibling end up with one name. Argument: list of the root context and the suffix.
*/}}
{{- define "meho.suffixedName" -}}
{{- $fullname := include "meho.fullname" (index . 0) -}}
{{- $suffix := index . 1 -}}
{{- $name := printf "%s-%s" $fullname $suffix -}}
{{- if gt (len $name) 63 -}}
{{- $kept := trunc (int (sub 53 (len $suffix))) $fullname | trimSuffix "-" -}}
{{- $name = printf "%s-%s-%s" $kept (trunc 8 (sha256sum $fullname)) $suffix -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{/* Name of the migration Job and of everything that exists only while it runs. */}}
{{- define "meho.migrateName" -}}
{{- include "meho.suffixedName" (list . "migrate") -}}
{{- end -}}

{{/* The broadcast subchart's Service. Not folded: BROADCAST_REDIS_URL promises <release>-broadcast. */}}
{{- define "meho.broadcastName" -}}
{{- $name := printf "%s-broadcast" .Release.Name -}}
{{- if eq $name (include "meho.fullname" .) -}}
{{- fail (printf "the backplane and the broadcast would both be called %q: choose another release name or fullnameOverride" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "meho.selectorLabels" -}}
app.kubernetes.io/name: {{ include "meho.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "meho.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{ include "meho.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | trimAll "-_." | quote }}
app.kubernetes.io/part-of: meho
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "meho.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "meho.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/*
The migration's identity. The hook runs before the release's own ServiceAccount exists (first install) and before it is
changed (upgrade), so it has a copy of its own; an account that the operator made is there already and used as it is.
*/}}
{{- define "meho.migrateServiceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- include "meho.migrateName" . -}}
{{- else -}}
{{- include "meho.serviceAccountName" . -}}
{{- end -}}
{{- end -}}

{{/*
Hook annotations of what the migration Job needs beside it: there before the Job (weight -10), gone when the hooks have
run, also when the Job failed. Helm's uninstall doesn't know hook objects, so they must not outlive the hook.
*/}}
{{- define "meho.migrateHookAnnotations" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: "-20"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/* Public URL: config.backplaneUrl, else from the ingress, else nothing: then the backplane says at start what to set. */}}
{{- define "meho.backplaneUrl" -}}
{{- if .Values.config.backplaneUrl -}}
{{- .Values.config.backplaneUrl -}}
{{- else if and .Values.ingress.enabled .Values.ingress.host -}}
{{- printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host -}}
{{- end -}}
{{- end -}}

{{/* Audience of the MCP endpoint: config.mcpResourceUri, else the public URL with /mcp. */}}
{{- define "meho.mcpResourceUri" -}}
{{- $url := include "meho.backplaneUrl" . -}}
{{- if .Values.config.mcpResourceUri -}}
{{- .Values.config.mcpResourceUri -}}
{{- else if $url -}}
{{- printf "%s/mcp" (trimSuffix "/" $url) -}}
{{- end -}}
{{- end -}}

{{/* Data of the ConfigMap, for the backplane and the migration alike. */}}
{{- define "meho.config" -}}
{{- if ne (trimSuffix "/" .Values.config.vaultAddr) (trimSuffix "/" .Values.vault.address) -}}
{{- fail (printf "at '/config/vaultAddr': '%s' is not vault.address, '%s', which it has to mirror" .Values.config.vaultAddr .Values.vault.address) -}}
{{- end -}}
{{- if ne (trimSuffix "/" .Values.config.keycloakIssuerUrl) (trimSuffix "/" .Values.keycloak.issuer) -}}
{{- fail (printf "at '/config/keycloakIssuerUrl': '%s' is not keycloak.issuer, '%s', which it has to mirror" .Values.config.keycloakIssuerUrl .Values.keycloak.issuer) -}}
{{- end -}}
{{- with .Values.config -}}
KEYCLOAK_ISSUER_URL: {{ .keycloakIssuerUrl | quote }}
KEYCLOAK_AUDIENCE: {{ .keycloakAudience | quote }}
KEYCLOAK_JWKS_CACHE_TTL_SECONDS: {{ int64 .keycloakJwksCacheTtlSeconds | quote }}
KEYCLOAK_JWT_LEEWAY_SECONDS: {{ int64 .keycloakJwtLeewaySeconds | quote }}
VAULT_ADDR: {{ .vaultAddr | quote }}
VAULT_OIDC_ROLE: {{ .vaultOidcRole | quote }}
VAULT_OIDC_MOUNT_PATH: {{ .vaultOidcMountPath | quote }}
VAULT_TIMEOUT_SECONDS: {{ int64 .vaultTimeoutSeconds | quote }}
DATABASE_POOL_SIZE: {{ int64 .databasePoolSize | quote }}
DATABASE_POOL_TIMEOUT: {{ int64 .databasePoolTimeout | quote }}
FORWARDED_ALLOW_IPS: {{ .forwardedAllowIps | quote }}
{{- end }}
{{- with include "meho.backplaneUrl" . }}
BACKPLANE_URL: {{ . | quote }}
{{- end }}
{{- with include "meho.mcpResourceUri" . }}
MCP_RESOURCE_URI: {{ . | quote }}
{{- end }}
AUDIT_POSTGRES_ONLY: {{ .Values.audit.postgresOnly | quote }}
{{- with .Values.connectors.enabled }}
CONNECTORS_ENABLED: {{ join "," . | quote }}
{{- end }}
{{- range $name, $value := .Values.config.extraEnv }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* DATABASE_URL from a Secret's key `url`. Argument: the Secret's name. */}}
{{- define "meho.databaseUrl" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: url
{{- end -}}

{{/* What the `restricted` PodSecurity level asks of a pod, and the image's user. */}}
{{- define "meho.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 1001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "meho.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- define "meho.trustBundleGiven" -}}
{{- if or .Values.trustBundle.configMapName .Values.trustBundle.secretName -}}true{{- end -}}
{{- end -}}

{{/* The variables by which Python's ssl (httpx), requests and Node find certificate authorities. */}}
{{- define "meho.trustBundleEnv" -}}
{{- if include "meho.trustBundleGiven" . -}}
{{- $file := printf "%s/%s" (trimSuffix "/" .Values.trustBundle.mountPath) .Values.trustBundle.key -}}
{{- range list "SSL_CERT_FILE" "REQUESTS_CA_BUNDLE" "NODE_EXTRA_CA_CERTS" }}
- name: {{ . }}
  value: {{ $file | quote }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* Volumes and mounts of every container here: a writable /tmp on the read-only root, and the trust bundle. */}}
{{- define "meho.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if include "meho.trustBundleGiven" . }}
- name: trust-bundle
  mountPath: {{ .Values.trustBundle.mountPath }}
  readOnly: true
{{- end }}
{{- end -}}

{{- define "meho.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if include "meho.trustBundleGiven" . }}
- name: trust-bundle
{{- if .Values.trustBundle.configMapName }}
  configMap:
    name: {{ .Values.trustBundle.configMapName }}
{{- else }}
  secret:
    secretName: {{ .Values.trustBundle.secretName }}
{{- end }}
    items:
      - key: {{ .Values.trustBundle.key | quote }}
        path: {{ .Values.trustBundle.key | quote }}
{{- end }}
{{- end -}}

{{/* Egress to the cluster's DNS, which every rule by name needs first. */}}
{{- define "meho.dnsEgress" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - protocol: UDP
      port: 53
{{- end -}}

{{- define "meho.postgresEgress" -}}
- to:
    - ipBlock:
        cidr: {{ .Values.networkPolicy.postgresCIDR }}
  ports:
    - protocol: TCP
      port: 5432
{{- end -}}

{{/* Body of an ExternalSecret. Argument: list of the root context and the name of the Secret it makes. */}}
{{- define "meho.postgresExternalSecretSpec" -}}
{{- $secret := index . 1 -}}
{{- with (index . 0).Values.eso -}}
refreshInterval: {{ .refreshInterval }}
secretStoreRef:
  name: {{ .secretStore.name }}
  kind: {{ .secretStore.kind }}
target:
  name: {{ $secret }}
  creationPolicy: Owner
data:
  - secretKey: url
    remoteRef:
      key: {{ .postgres.remoteKey | quote }}
      property: {{ .postgres.property | quote }}
{{- end -}}
{{- end -}}
