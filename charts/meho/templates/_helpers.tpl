{{/*
A section that is left blank in a values file ("service:" with everything below it commented out) takes the chart's own
defaults away, and Helm gives no other way to them: they are said again where they are used. A test blanks each section
and expects the same render.
*/}}

{{/* "true" unless the section says enabled: false. Argument: the section, which may be blank. */}}
{{- define "meho.enabled" -}}
{{- if ne (toString (. | default dict).enabled) "false" -}}true{{- end -}}
{{- end -}}

{{- define "meho.broadcastPort" -}}
{{- ((.Values.broadcast).service).port | default 6379 | int64 -}}
{{- end -}}

{{- define "meho.servicePort" -}}
{{- (.Values.service).port | default 8000 | int64 -}}
{{- end -}}

{{/* The value of app.kubernetes.io/name. */}}
{{- define "meho.name" -}}
{{- default "meho" .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
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
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of a pod besides the selector's: podLabels win over commonLabels. */}}
{{- define "meho.podLabels" -}}
{{- with mergeOverwrite (dict) (.Values.commonLabels | default dict) (.Values.podLabels | default dict) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/* "true" unless serviceAccount.create is false. */}}
{{- define "meho.makesAccount" -}}
{{- if ne (toString (.Values.serviceAccount).create) "false" -}}true{{- end -}}
{{- end -}}

{{- define "meho.serviceAccountName" -}}
{{- if include "meho.makesAccount" . -}}
{{- default (include "meho.fullname" .) (.Values.serviceAccount).name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/*
The migration's identity. The hook runs before the release's own ServiceAccount exists (first install) and before it is
changed (upgrade), so it has a copy of its own; an account that the operator made is there already and used as it is.
*/}}
{{- define "meho.migrateServiceAccountName" -}}
{{- if include "meho.makesAccount" . -}}
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
