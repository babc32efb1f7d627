package credentials

import (
	"encoding/base64"
	"fmt"

	"meho-acceptance/node/init/identity/pki"
)

// kubeconfig is written line by line: K3sContainer finds the server by a regular expression and needs the block style
// and the address without quotes. The names are those of k3s.
func kubeconfig(authority []byte, user pki.Pair) []byte {
	inline := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: %s
    server: %s
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
users:
- name: default
  user:
    client-certificate-data: %s
    client-key-data: %s
`, inline(authority), apiServer, inline(user.Certificate), inline(user.Key))
}
