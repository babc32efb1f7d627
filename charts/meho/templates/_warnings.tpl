{{/*
What renders and can't work, or works and had better be otherwise: one line each, beginning with the path of the value. NOTES
print them, Helm keeps the notes in the release's record, and install-verify reads them there. Nothing here refuses.
*/}}
{{- define "meho.warnings" -}}
{{- $texts := list -}}
{{- range list "addresses" "doors" "pods" "environment" "identity" -}}
{{- $texts = append $texts (include (printf "meho.warnings.%s" .) $) -}}
{{- end -}}
{{- range $line := splitList "\n" (join "\n" $texts) }}{{ with trim $line }}{{ . }}{{ "\n" }}{{ end }}{{ end -}}
{{- end -}}

{{/* Port of a URL. */}}
{{- define "meho.portOf" -}}
{{- $port := regexFind ":[0-9]+$" (urlParse .).host -}}
{{- $port | trimPrefix ":" | default (ternary "443" "80" (eq (urlParse .).scheme "https")) -}}
{{- end -}}

{{/* "true" if the host of a URL is an IPv4 address outside a CIDR. Argument: list of the URL and the CIDR. */}}
{{- define "meho.isOutside" -}}
{{- $host := regexReplaceAll ":[0-9]+$" (urlParse (index . 0)).host "" -}}
{{- if regexMatch "^[0-9]{1,3}([.][0-9]{1,3}){3}$" $host -}}
{{- $prefix := splitList "/" (index . 1) | last -}}
{{- if ne (include "meho.networkOf" (printf "%s/%s" $host $prefix)) (include "meho.networkOf" (index . 1)) -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* Addresses that the policy doesn't let out to. */}}
{{- define "meho.warnings.addresses" -}}
{{- if include "meho.enabled" .Values.networkPolicy -}}
{{- $policy := .Values.networkPolicy -}}
{{- range list (list "vault.address" .Values.vault.address "8200" "vaultCIDR") (list "keycloak.issuer" .Values.keycloak.issuer "443" "keycloakCIDR") -}}
{{- $port := include "meho.portOf" (index . 1) -}}
{{- if ne $port (index . 2) }}
{{ index . 0 }}: {{ index . 1 }} is port {{ $port }}, and the policy lets out to port {{ index . 2 }} alone: name that port, or let it out by a NetworkPolicy of yours (they add up).
{{- end -}}
{{- if include "meho.isOutside" (list (index . 1) (get $policy (index . 3))) }}
{{ index . 0 }}: {{ index . 1 }} is not in networkPolicy.{{ index . 3 }}, {{ get $policy (index . 3) }}: the policy doesn't let it out.
{{- end -}}
{{- end -}}
{{- with (.Values.connectors).enabled }}
connectors.enabled: the policy lets out to nothing that {{ join ", " . }} talk{{ if eq (len .) 1 }}s{{ end }} to: let it out by a NetworkPolicy of yours (they add up).
{{- end -}}
{{- if and (not (include "meho.enabled" .Values.broadcast)) (include "meho.namesStore" .) }}
BROADCAST_REDIS_URL: the policy doesn't let out to a store beside the bundled one: let it out by a NetworkPolicy of yours (they add up).
{{- end -}}
{{- end -}}
{{- if and (not (include "meho.enabled" .Values.broadcast)) (not (include "meho.namesStore" .)) }}
broadcast.enabled: it is false and nothing sets BROADCAST_REDIS_URL: the backplane looks for a store on localhost, and never gets ready. Set config.extraEnv.BROADCAST_REDIS_URL.
{{- end -}}
{{- end -}}

{{/* "true" if the operator names a store for the broadcast. */}}
{{- define "meho.namesStore" -}}
{{- if or (hasKey (.Values.config.extraEnv | default dict) "BROADCAST_REDIS_URL") (has "BROADCAST_REDIS_URL" (splitList "," (include "meho.extraEnvNames" .))) -}}true{{- end -}}
{{- end -}}

{{/* Ways in. */}}
{{- define "meho.warnings.doors" -}}
{{- $type := (.Values.service).type | default "ClusterIP" -}}
{{- if and (include "meho.enabled" .Values.networkPolicy) (ne $type "ClusterIP") }}
service.type: {{ $type }} brings callers that the policy turns away, since it lets in the ingress controller's namespace alone: let them in by a NetworkPolicy of yours (they add up).
{{- end -}}
{{- if and (include "meho.enabled" .Values.ingress) (not (include "meho.enabled" .Values.ingress.tls)) }}
ingress.tls.enabled: it is false, so tokens travel unencrypted.
{{- end -}}
{{- if not (include "meho.enabled" .Values.networkPolicy) }}
networkPolicy.enabled: it is false. Without an equivalent policy in the cluster every pod may reach the backplane{{ if include "meho.enabled" .Values.broadcast }} and the broadcast, which asks no password,{{ end }} and the backplane may reach everything.
{{- end -}}
{{- if not (include "meho.mcpResourceUri" .) }}
config.backplaneUrl: neither it nor an ingress gives the public URL: the backplane refuses to start until config.backplaneUrl or config.mcpResourceUri is set.
{{- end -}}
{{- range splitList "," (toString .Values.config.forwardedAllowIps) -}}
{{- if regexMatch "^[0-9.]+/[0-9]+$" . -}}
{{- if ne . (include "meho.networkOf" .) }}
config.forwardedAllowIps: {{ . }} is no network, and is passed over without a word: the network is {{ include "meho.networkOf" . }}.
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A quantity in thousandths; 0 where it can't be said. */}}
{{- define "meho.thousandths" -}}
{{- $text := toString . -}}
{{- $unit := regexFind "[a-zA-Z]+$" $text -}}
{{- $units := dict "" 1000 "m" 1 "k" 1000000 "M" 1000000000 "G" 1000000000000 "T" 1000000000000000 "Ki" 1024000 "Mi" 1048576000 "Gi" 1073741824000 "Ti" 1099511627776000 -}}
{{- if hasKey $units $unit -}}
{{- mulf (float64 (trimSuffix $unit $text)) (float64 (get $units $unit)) | floor | int64 -}}
{{- else -}}0{{- end -}}
{{- end -}}

{{/* Resources. Argument: list of the path and the resources. */}}
{{- define "meho.warnings.resources" -}}
{{- $path := index . 0 -}}
{{- $resources := index . 1 | default dict -}}
{{- range $kind := list "requests" "limits" -}}
{{- $memory := include "meho.thousandths" ((get $resources $kind | default dict).memory | default 0) | int64 -}}
{{- if and (gt $memory 0) (lt $memory 1048576000) }}
{{ $path }}.{{ $kind }}.memory: {{ (get $resources $kind).memory }} is less than a MiB: a number alone is bytes. Write it as 256Mi.
{{- end -}}
{{- end -}}
{{- range $name, $request := $resources.requests -}}
{{- $limit := get ($resources.limits | default dict) $name -}}
{{- $most := include "meho.thousandths" ($limit | default 0) | int64 -}}
{{- if and (gt $most 0) (gt (include "meho.thousandths" $request | int64) $most) }}
{{ $path }}.requests.{{ $name }}: {{ $request }} is more than the limit, {{ $limit }}: Kubernetes makes no such pod.
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "meho.warnings.pods" -}}
{{- include "meho.warnings.resources" (list "resources" (include "meho.resources" . | fromYaml)) }}
{{ include "meho.warnings.resources" (list "migrationJob.resources" (.Values.migrationJob).resources) }}
{{ if include "meho.enabled" .Values.broadcast }}{{ include "meho.warnings.resources" (list "broadcast.resources" (.Values.broadcast).resources) }}{{ end }}
{{- $paths := list "/tmp" -}}
{{- if include "meho.trustBundleGiven" . }}{{ $paths = append $paths (include "meho.trustBundlePath" .) }}{{ end -}}
{{- range .Values.extraVolumeMounts }}{{ $paths = append $paths (.mountPath | trimSuffix "/") }}{{ end -}}
{{- range $path := uniq $paths -}}
{{- $count := 0 -}}
{{- range $paths }}{{ if eq . $path }}{{ $count = add1 $count }}{{ end }}{{ end -}}
{{- if gt $count 1 }}
extraVolumeMounts, trustBundle.mountPath: {{ $path }} is the path of more than one mount ({{ ternary "/tmp is the chart's own" "each needs its own" (eq $path "/tmp") }}): Kubernetes makes no such pod.
{{- end -}}
{{- end -}}
{{- range .Values.extraVolumeMounts -}}
{{- $mount := . -}}
{{- $known := list "tmp" -}}
{{- if include "meho.trustBundleGiven" $ }}{{ $known = append $known "trust-bundle" }}{{ end -}}
{{- range $.Values.extraVolumes }}{{ $known = append $known .name }}{{ end -}}
{{- if not (has $mount.name $known) }}
extraVolumeMounts: no volume is called {{ $mount.name }}: Kubernetes makes no such pod. extraVolumes has to name it.
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.extraVolumes -}}
{{- if has .name $names }}
extraVolumes: {{ .name }} is the name of more than one volume: Kubernetes makes no such pod.
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- $budget := .Values.podDisruptionBudget | default dict -}}
{{- $must := toString $budget.minAvailable -}}
{{- if and $budget.enabled (not (kindIs "invalid" .Values.replicaCount)) -}}
{{- if or (eq $must "100%") (and (regexMatch "^[0-9]+$" $must) (ge (int64 $must) (int64 .Values.replicaCount))) }}
podDisruptionBudget.minAvailable: {{ $must }} of {{ int64 .Values.replicaCount }} replica{{ if ne (int64 .Values.replicaCount) 1 }}s{{ end }} must stay: no node with one of them can be drained.
{{- end -}}
{{- end -}}
{{- if and (include "meho.enabled" .Values.broadcast) (lt (include "meho.broadcastPort" . | int64) 1024) }}
broadcast.service.port: {{ include "meho.broadcastPort" . }} is below 1024: Valkey, without rights, can listen there only where the runtime lets every container.
{{- end -}}
{{- end -}}

{{/* Variables, and what is pulled. */}}
{{- define "meho.warnings.environment" -}}
{{- $secret := "_(TOKEN|PASSWORD|SECRET|PASSWD|APIKEY|API_KEY|PRIVATE_KEY|SECRET_KEY|ACCESS_KEY|CREDENTIALS)$" -}}
{{- range $name, $value := .Values.config.extraEnv -}}
{{- if or (regexMatch $secret $name) (regexMatch "://[^/@:]*:[^/@]+@" $value) }}
config.extraEnv.{{ $name }}: it looks like a secret, and a ConfigMap shows it to everybody who may read the namespace. Keep it in a Secret, and name that in extraEnv: {name: {{ $name }}, valueFrom: {secretKeyRef: {name: …, key: …}}}.
{{- end -}}
{{- end -}}
{{- $seen := list -}}
{{- range .Values.extraEnv -}}
{{- if and .value (or (regexMatch $secret (upper .name)) (regexMatch "://[^/@:]*:[^/@]+@" .value)) }}
extraEnv: {{ .name }} looks like a secret, and stands in the Deployment for everybody who may read the namespace. Keep it in a Secret: {name: {{ .name }}, valueFrom: {secretKeyRef: {name: …, key: …}}}.
{{- end -}}
{{- if has .name $seen }}
extraEnv: {{ .name }} is set twice, which Helm 4's server-side apply refuses.
{{- end -}}
{{- $seen = append $seen .name -}}
{{- end -}}
{{- $images := list (list "image" .Values.image) -}}
{{- if include "meho.enabled" .Values.broadcast }}{{ $images = append $images (list "broadcast.image" ((.Values.broadcast).image | default dict)) }}{{ end -}}
{{- range $images -}}
{{- $tag := toString (index . 1).tag -}}
{{- if and (not (index . 1).digest) (has (lower $tag) (list "latest" "main" "master" "edge" "nightly" "stable" "dev" "develop" "head" "trunk" "canary" "rolling")) }}
{{ index . 0 }}.tag: {{ $tag }} moves: a pod that starts later may run another build, and a rollback brings nothing back. Name sha-<git-sha> or v<x.y.z>, or pin {{ index . 0 }}.digest.
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Who pods are, and labels that stop at the subchart. */}}
{{- define "meho.warnings.identity" -}}
{{- if and (include "meho.makesAccount" .) (eq (include "meho.serviceAccountName" .) (include "meho.migrateName" .)) }}
serviceAccount.name: {{ include "meho.migrateName" . }} is the migration's own account: each upgrade takes it from the backplane until the migration has ended, and one that fails may not give it back. Choose another name.
{{- end -}}
{{- if and .Values.commonLabels (include "meho.enabled" .Values.broadcast) (ne (toJson .Values.commonLabels) (toJson ((.Values.broadcast).commonLabels | default dict))) }}
commonLabels: the broadcast's objects don't have them: set broadcast.commonLabels as well.
{{- end -}}
{{- end -}}
