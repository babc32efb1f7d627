{{/* Of the ingress. */}}
{{- define "meho.scheme" -}}
{{- ternary "https" "http" (eq (include "meho.enabled" (.Values.ingress).tls) "true") -}}
{{- end -}}

{{/* Public URL: config.backplaneUrl, else from the ingress, else nothing: then the backplane says at start what to set. */}}
{{- define "meho.backplaneUrl" -}}
{{- if .Values.config.backplaneUrl -}}
{{- .Values.config.backplaneUrl -}}
{{- else if and (include "meho.enabled" .Values.ingress) .Values.ingress.host -}}
{{- printf "%s://%s" (include "meho.scheme" .) .Values.ingress.host -}}
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
{{- $config := .Values.config -}}
{{- $settings := list
  (list "KEYCLOAK_ISSUER_URL" "keycloakIssuerUrl")
  (list "KEYCLOAK_AUDIENCE" "keycloakAudience")
  (list "KEYCLOAK_JWKS_CACHE_TTL_SECONDS" "keycloakJwksCacheTtlSeconds")
  (list "KEYCLOAK_JWT_LEEWAY_SECONDS" "keycloakJwtLeewaySeconds")
  (list "VAULT_ADDR" "vaultAddr")
  (list "VAULT_OIDC_ROLE" "vaultOidcRole")
  (list "VAULT_OIDC_MOUNT_PATH" "vaultOidcMountPath")
  (list "VAULT_TIMEOUT_SECONDS" "vaultTimeoutSeconds")
  (list "DATABASE_POOL_SIZE" "databasePoolSize")
  (list "DATABASE_POOL_TIMEOUT" "databasePoolTimeout")
  (list "FORWARDED_ALLOW_IPS" "forwardedAllowIps")
-}}
{{- $lines := list -}}
{{- range $settings -}}
{{- if hasKey $config (index . 1) -}}
{{- $value := get $config (index . 1) -}}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end -}}
{{- $lines = append $lines (printf "%s: %s" (index . 0) (toString $value | quote)) -}}
{{- end -}}
{{- end -}}
{{- with include "meho.backplaneUrl" . }}{{ $lines = append $lines (printf "BACKPLANE_URL: %s" (quote .)) }}{{ end -}}
{{- with include "meho.mcpResourceUri" . }}{{ $lines = append $lines (printf "MCP_RESOURCE_URI: %s" (quote .)) }}{{ end -}}
{{- $lines = append $lines (printf "AUDIT_POSTGRES_ONLY: %s" (ne (toString (.Values.audit).postgresOnly) "false" | quote)) -}}
{{- with (.Values.connectors).enabled }}{{ $lines = append $lines (printf "CONNECTORS_ENABLED: %s" (join "," . | quote)) }}{{ end -}}
{{- range $name, $value := $config.extraEnv }}{{ $lines = append $lines (printf "%s: %s" $name (quote $value)) }}{{ end -}}
{{- join "\n" $lines -}}
{{- end -}}
