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
{{- end -}}

{{- define "broadcast.config" -}}
# Reached by the backplane only, which the umbrella chart's NetworkPolicy sees to: no password.
bind * -::*
port {{ int64 .Values.service.port }}
protected-mode no
# Streams are ephemeral: nothing is written to disk.
save ""
appendonly no
dir /data
{{- end -}}
