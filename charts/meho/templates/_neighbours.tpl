{{/*
Hooks know no owner: Helm removes what is called like one before it makes it, also where another release made it. A
release called meho-migrate has a ConfigMap, ServiceAccount and NetworkPolicy of the names that release meho's migration
has, and would lose them with each of its upgrades. Asked before anything is touched, of the cluster alone.
*/}}
{{- define "meho.checkNeighbours" -}}
{{- $fullname := include "meho.fullname" . -}}
{{- $migration := include "meho.migrateName" . -}}
{{- $names := list $migration -}}
{{- if and .Release.IsInstall (hasSuffix "-migrate" $fullname) -}}
{{- $names = append $names (trimSuffix "-migrate" $fullname) -}}
{{- end -}}
{{- range $name := $names -}}
{{- $metadata := (lookup "v1" "ConfigMap" $.Release.Namespace $name).metadata -}}
{{- $owner := get (($metadata).annotations | default dict) "meta.helm.sh/release-name" -}}
{{- $part := get (($metadata).labels | default dict) "app.kubernetes.io/part-of" -}}
{{- if and $owner (ne $owner $.Release.Name) (or (eq $name $migration) (eq $part "meho")) -}}
{{- fail (printf "ConfigMap %s in namespace %s is release %s's, and the migration of one of the two would take it from the other. Nothing was changed. Choose another release name or set fullnameOverride, so that neither name is the other's with -migrate" $name $.Release.Namespace $owner) -}}
{{- end -}}
{{- end -}}
{{- end -}}
