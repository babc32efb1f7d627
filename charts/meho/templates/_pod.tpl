{{/* DATABASE_URL from a Secret's key `url`. Argument: the Secret's name. */}}
{{- define "meho.databaseUrl" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: url
{{- end -}}

{{/* A digest pins what the tag is for people to read. */}}
{{- define "meho.image" -}}
{{- .Values.image.repository }}:{{ .Values.image.tag }}{{ with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* Fields of a table, some of them first. Argument: list of the table and the names that come first. */}}
{{- define "meho.fields" -}}
{{- $table := index . 0 -}}
{{- $first := index . 1 -}}
{{- $texts := list -}}
{{- range $key := concat $first (keys $table | sortAlpha) | uniq -}}
{{- if hasKey $table $key -}}
{{- $texts = append $texts (toYaml (dict $key (get $table $key))) -}}
{{- end -}}
{{- end -}}
{{- regexReplaceAll "(?m)^( *- )" (join "\n" $texts) "  ${1}" -}}
{{- end -}}

{{/* By default what the `restricted` PodSecurity level asks of a pod, and the image's user. */}}
{{- define "meho.podSecurityContext" -}}
{{- $default := dict "runAsNonRoot" true "runAsUser" 1001 "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- include "meho.fields" (list (.Values.podSecurityContext | default $default) (list)) -}}
{{- end -}}

{{- define "meho.containerSecurityContext" -}}
{{- $default := dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL")) -}}
{{- include "meho.fields" (list (.Values.securityContext | default $default) (list "allowPrivilegeEscalation" "readOnlyRootFilesystem")) -}}
{{- end -}}

{{- define "meho.resources" -}}
{{- $default := dict "requests" (dict "cpu" "100m" "memory" "256Mi") "limits" (dict "cpu" "1000m" "memory" "1Gi") -}}
{{- .Values.resources | default $default | toYaml -}}
{{- end -}}

{{/*
A probe, whose fields are each the operator's or the chart's: blank, it is still made. Argument: list of the root context
and the probe's name.
*/}}
{{- define "meho.probe" -}}
{{- $name := index . 1 -}}
{{- $probe := deepCopy (get ((index . 0).Values.probes | default dict) $name | default dict) -}}
{{- $defaults := dict
  "liveness" (dict "path" "/healthz" "initialDelaySeconds" 30 "periodSeconds" 10 "timeoutSeconds" 1 "failureThreshold" 3)
  "readiness" (dict "path" "/ready" "initialDelaySeconds" 5 "periodSeconds" 5 "timeoutSeconds" 2 "failureThreshold" 3)
  "startup" (dict "path" "/healthz")
-}}
{{- $default := get $defaults $name -}}
{{- $_ := set $probe "httpGet" ($probe.httpGet | default dict) -}}
{{- range $key, $value := dict "path" $default.path "port" "http" -}}
{{- if not (hasKey $probe.httpGet $key) }}{{ $_ := set $probe.httpGet $key $value }}{{ end -}}
{{- end -}}
{{- range $key, $value := omit $default "path" -}}
{{- if not (hasKey $probe $key) }}{{ $_ := set $probe $key $value }}{{ end -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end -}}

{{/* Where a pod of the backplane's or the migration's may run, and how it looks up names. */}}
{{- define "meho.scheduling" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "meho.trustBundleKey" -}}
{{- .Values.trustBundle.key | default "ca.crt" -}}
{{- end -}}

{{- define "meho.trustBundlePath" -}}
{{- .Values.trustBundle.mountPath | default "/etc/meho/trust" | trimSuffix "/" -}}
{{- end -}}

{{- define "meho.trustBundleGiven" -}}
{{- if or (.Values.trustBundle).configMapName (.Values.trustBundle).secretName -}}true{{- end -}}
{{- end -}}

{{/* Names that the operator's own variables have: those the chart leaves to them. */}}
{{- define "meho.extraEnvNames" -}}
{{- range .Values.extraEnv }}{{ .name }},{{ end -}}
{{- end -}}

{{/* The variables by which Python's ssl (httpx), requests and Node find certificate authorities. */}}
{{- define "meho.trustBundleEnv" -}}
{{- if include "meho.trustBundleGiven" . -}}
{{- $file := printf "%s/%s" (include "meho.trustBundlePath" .) (include "meho.trustBundleKey" .) -}}
{{- $taken := splitList "," (include "meho.extraEnvNames" .) -}}
{{- range list "SSL_CERT_FILE" "REQUESTS_CA_BUNDLE" "NODE_EXTRA_CA_CERTS" }}
{{- if not (has . $taken) }}
- name: {{ . }}
  value: {{ $file | quote }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* Volumes and mounts of every container here: a writable /tmp on the read-only root, and the trust bundle. */}}
{{- define "meho.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if include "meho.trustBundleGiven" . }}
- name: trust-bundle
  mountPath: {{ include "meho.trustBundlePath" . }}
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
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
      - key: {{ include "meho.trustBundleKey" . | quote }}
        path: {{ include "meho.trustBundleKey" . | quote }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Body of an ExternalSecret. Argument: list of the root context and the name of the Secret it makes. */}}
{{- define "meho.postgresExternalSecretSpec" -}}
{{- $secret := index . 1 -}}
{{- with (index . 0).Values.eso -}}
refreshInterval: {{ .refreshInterval | default "1h" }}
secretStoreRef:
  name: {{ .secretStore.name }}
  kind: {{ .secretStore.kind }}
target:
  name: {{ $secret }}
  creationPolicy: Owner
data:
  - secretKey: url
    remoteRef:
      key: {{ (.postgres).remoteKey | default "secret/meho/postgres" | quote }}
      property: {{ (.postgres).property | default "url" | quote }}
{{- end -}}
{{- end -}}

{{/* A number of migrationJob, which may be 0. Argument: list of the root context, its name and its default. */}}
{{- define "meho.migrationNumber" -}}
{{- $given := (index . 0).Values.migrationJob | default dict -}}
{{- ternary (get $given (index . 1)) (index . 2) (hasKey $given (index . 1)) | int64 -}}
{{- end -}}

{{/* Those of the backplane's pods, and the migration's own, which win. */}}
{{- define "meho.migrationPodAnnotations" -}}
{{- with mergeOverwrite (dict) (.Values.podAnnotations | default dict) ((.Values.migrationJob).podAnnotations | default dict) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/*
Constraints on how replicas are spread; without a selector of its own one is about the backplane's pods. Argument: list of
the root context and the constraints.
*/}}
{{- define "meho.spread" -}}
{{- $labels := include "meho.selectorLabels" (index . 0) | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/component" "backplane" -}}
{{- $constraints := list -}}
{{- range index . 1 -}}
{{- $constraints = append $constraints (ternary . (set (deepCopy .) "labelSelector" (dict "matchLabels" $labels)) (hasKey . "labelSelector")) -}}
{{- end -}}
{{- toYaml $constraints -}}
{{- end -}}
