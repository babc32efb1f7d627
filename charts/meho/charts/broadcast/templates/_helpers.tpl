{{/* Always <release>-broadcast: the backplane's BROADCAST_REDIS_URL is made of it. */}}
{{- define "broadcast.fullname" -}}
{{- $name := printf "%s-broadcast" .Release.Name -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "the release's name makes the broadcast's name %q, which Kubernetes refuses for a Service: it must begin with a letter and hold only lowercase letters, digits and dashes. Choose another release name or set broadcast.enabled to false" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "broadcast.selectorLabels" -}}
app.kubernetes.io/name: broadcast
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "broadcast.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{ include "broadcast.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: broadcast
app.kubernetes.io/part-of: meho
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "broadcast.config" -}}
# Reached by the backplane only, which the umbrella chart's NetworkPolicy sees to: no password.
bind * -::*
port {{ include "broadcast.port" . }}
protected-mode no
# Streams are ephemeral: nothing is written to disk.
save ""
appendonly no
dir /data
{{- with include "broadcast.maxMemory" . }}
# Under the container's limit, at which the kernel kills the server and all streams with it: the oldest go instead.
maxmemory {{ . }}
maxmemory-policy allkeys-lru
{{- end }}
{{- end -}}

{{/* Three quarters of the memory limit in bytes; nothing without a limit. */}}
{{- define "broadcast.maxMemory" -}}
{{- $limit := toString ((include "broadcast.resources" . | fromYaml).limits).memory -}}
{{- $parts := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := regexFind "[a-zA-Z]+$" $limit -}}
{{- if hasKey $parts $unit -}}
{{- $bytes := mulf (float64 (trimSuffix $unit $limit)) (float64 (get $parts $unit)) 0.75 | floor | int64 -}}
{{- if gt $bytes 0 }}{{ $bytes }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "broadcast.port" -}}
{{- (.Values.service).port | default 6379 | int64 -}}
{{- end -}}

{{- define "broadcast.image" -}}
{{- $image := .Values.image | default dict -}}
{{- $image.repository | default "valkey/valkey" }}:{{ $image.tag | default "9.0-alpine" }}{{ with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* Fields of a table, some of them first. Argument: list of the table and the names that come first. */}}
{{- define "broadcast.fields" -}}
{{- $table := index . 0 -}}
{{- $texts := list -}}
{{- range $key := concat (index . 1) (keys $table | sortAlpha) | uniq -}}
{{- if hasKey $table $key -}}
{{- $texts = append $texts (toYaml (dict $key (get $table $key))) -}}
{{- end -}}
{{- end -}}
{{- regexReplaceAll "(?m)^( *- )" (join "\n" $texts) "  ${1}" -}}
{{- end -}}

{{/* What a section that is left blank has: see the umbrella chart. */}}
{{- define "broadcast.resources" -}}
{{- $default := dict "requests" (dict "cpu" "50m" "memory" "64Mi") "limits" (dict "cpu" "500m" "memory" "256Mi") -}}
{{- .Values.resources | default $default | toYaml -}}
{{- end -}}

{{- define "broadcast.securityContext" -}}
{{- $default := dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL")) -}}
{{- include "broadcast.fields" (list (.Values.securityContext | default $default) (list "allowPrivilegeEscalation" "readOnlyRootFilesystem")) -}}
{{- end -}}

{{- define "broadcast.podSecurityContext" -}}
{{- $default := dict "runAsNonRoot" true "runAsUser" 999 "runAsGroup" 1000 "fsGroup" 1000 "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- range $index, $line := splitList "\n" (include "broadcast.fields" (list (.Values.podSecurityContext | default $default) (list "runAsNonRoot" "runAsUser" "runAsGroup" "fsGroup"))) -}}
{{- if $index }}{{ "\n" }}{{ end -}}
{{- if eq $line "runAsUser: 999" }}# The image's user `valkey`; its name alone would not show that it isn't root.{{ "\n" }}{{ end -}}
{{- $line -}}
{{- end -}}
{{- end -}}
