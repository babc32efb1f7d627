package credentials

import (
	"fmt"
	"os"

	"meho-acceptance/node/init/identity/pki"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
)

const apiServer = "https://127.0.0.1:6443"

// Issue writes every certificate and kubeconfig. Authorities and the key for ServiceAccount tokens survive a restart
// of the container, so that pods and users go on being trusted; the rest is new, as the node's address may be.
func Issue(o options.Options, addresses host.Addresses) error {
	if _, err := pki.LoadOrCreateSigningKey(layout.PKI); err != nil {
		return err
	}
	for authorityName, certificates := range leaves(o, addresses) {
		authority, err := pki.LoadOrCreateAuthority(layout.PKI, authorityName, "node-"+authorityName)
		if err != nil {
			return fmt.Errorf("authority %s: %w", authorityName, err)
		}
		for name, leaf := range certificates {
			pair, err := authority.Issue(leaf)
			if err != nil {
				return fmt.Errorf("certificate %s: %w", name, err)
			}
			if err := pair.Write(layout.PKI, name); err != nil {
				return err
			}
			if _, speaks := users(o)[name]; !speaks {
				continue
			}
			if err := os.WriteFile(layout.Kubeconfig(name), kubeconfig(authority.PEM(), pair), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// PublishAdmin puts the administrator's kubeconfig where k3s has it. It is the last step of the start-up of the API
// server: whoever finds the file can use it.
func PublishAdmin(mode os.FileMode) error {
	text, err := os.ReadFile(layout.Kubeconfig(Admin))
	if err != nil {
		return err
	}
	if err := os.WriteFile(layout.AdminKubeconfig, text, mode); err != nil {
		return err
	}
	return os.Chmod(layout.AdminKubeconfig, mode)
}
