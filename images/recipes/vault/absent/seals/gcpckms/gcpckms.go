// Package gcpckms stands in for the auto-unseal by a cloud's key service, which this build leaves out.
package gcpckms

import (
	"context"
	"errors"

	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// The names only have to be there and to differ: no seal of this kind can be configured.
const (
	EnvGcpCkmsWrapperCredsPath   = "absent_EnvGcpCkmsWrapperCredsPath"
	EnvGcpCkmsWrapperProject     = "absent_EnvGcpCkmsWrapperProject"
	EnvGcpCkmsWrapperLocation    = "absent_EnvGcpCkmsWrapperLocation"
	EnvGcpCkmsWrapperKeyRing     = "absent_EnvGcpCkmsWrapperKeyRing"
	EnvVaultGcpCkmsSealKeyRing   = "absent_EnvVaultGcpCkmsSealKeyRing"
	EnvGcpCkmsWrapperCryptoKey   = "absent_EnvGcpCkmsWrapperCryptoKey"
	EnvVaultGcpCkmsSealCryptoKey = "absent_EnvVaultGcpCkmsSealCryptoKey"
)

// Wrapper refuses every configuration.
type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("the seal gcpckms is not part of this build of Vault")
}
