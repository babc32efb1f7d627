module meho.local/tools/pod-security/judge

go 1.26.0

require (
	k8s.io/api v0.29.15
	k8s.io/apimachinery v0.29.15
	k8s.io/pod-security-admission v0.29.15
)
