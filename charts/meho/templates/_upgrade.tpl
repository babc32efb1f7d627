{{/*
Kubernetes lets no Deployment's selector change, and says so after the migration has run. Asked before anything is touched:
empty where there is no cluster to ask.
*/}}
{{- define "meho.checkSelectors" -}}
{{- if .Release.IsUpgrade -}}
{{- $backplane := include "meho.selectorLabels" . | fromYaml -}}
{{- $_ := set $backplane "app.kubernetes.io/component" "backplane" -}}
{{- $wanted := dict (include "meho.fullname" .) $backplane -}}
{{- if include "meho.enabled" .Values.broadcast -}}
{{- $_ := set $wanted (include "meho.broadcastName" .) (dict "app.kubernetes.io/name" "broadcast" "app.kubernetes.io/instance" .Release.Name) -}}
{{- end -}}
{{- range $name, $labels := $wanted -}}
{{- $selector := ((lookup "apps/v1" "Deployment" $.Release.Namespace $name).spec).selector -}}
{{- if and $selector (ne (toJson $selector) (toJson (dict "matchLabels" $labels))) -}}
{{- fail (printf "Deployment %s selects its pods by %s, this chart by %s, and Kubernetes lets no selector change (field is immutable). Nothing was changed. Replace it, the database and its Secret stay: kubectl -n %s delete deployment %s --cascade=orphan, then upgrade again; the chart's README, Upgrade, says how the old pods end" $name (toJson $selector) (toJson (dict "matchLabels" $labels)) $.Release.Namespace $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
