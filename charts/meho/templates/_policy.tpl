{{/* An IPv4 address as a number. */}}
{{- define "meho.addressNumber" -}}
{{- $number := 0 -}}
{{- range splitList "." . }}{{ $number = add (mul $number 256) (atoi .) }}{{ end -}}
{{- $number -}}
{{- end -}}

{{/* How many addresses a prefix length spans. */}}
{{- define "meho.networkSize" -}}
{{- $size := 1 -}}
{{- range until (int (sub 32 (atoi .))) }}{{ $size = mul $size 2 }}{{ end -}}
{{- $size -}}
{{- end -}}

{{/* The network of a CIDR: 10.0.0.0/24 of 10.0.0.5/24. */}}
{{- define "meho.networkOf" -}}
{{- $prefix := splitList "/" . | last -}}
{{- $number := include "meho.addressNumber" (splitList "/" . | first) | int64 -}}
{{- $number = sub $number (mod $number (include "meho.networkSize" $prefix | int64)) -}}
{{- printf "%d.%d.%d.%d/%s" (div $number 16777216) (mod (div $number 65536) 256) (mod (div $number 256) 256) (mod $number 256) $prefix -}}
{{- end -}}

{{/* API servers from 1.36 on refuse a policy whose CIDR has host bits, at creation alone: an upgrade would pass and the next install fail. */}}
{{- define "meho.checkNetworks" -}}
{{- $wrong := list -}}
{{- range $key := list "postgresCIDR" "vaultCIDR" "keycloakCIDR" -}}
{{- $cidr := get $.Values.networkPolicy $key -}}
{{- $network := include "meho.networkOf" $cidr -}}
{{- if ne $cidr $network -}}
{{- $wrong = append $wrong (printf "at '/networkPolicy/%s': '%s' is an address in a network, which new API servers refuse: the network is %s, the address alone %s/32" $key $cidr $network (splitList "/" $cidr | first)) -}}
{{- end -}}
{{- end -}}
{{- if $wrong }}{{ fail (join "\n" $wrong) }}{{ end -}}
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
