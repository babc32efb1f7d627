// Package azurekeyvault stands in for the auto-unseal by a cloud's key service, which this build leaves out.
package azurekeyvault

import (
	"context"
	"errors"

	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// The names only have to be there and to differ: no seal of this kind can be configured.
const (
	EnvAzureKeyVaultWrapperKeyName   = "absent_EnvAzureKeyVaultWrapperKeyName"
	EnvVaultAzureKeyVaultKeyName     = "absent_EnvVaultAzureKeyVaultKeyName"
	EnvAzureKeyVaultWrapperVaultName = "absent_EnvAzureKeyVaultWrapperVaultName"
	EnvVaultAzureKeyVaultVaultName   = "absent_EnvVaultAzureKeyVaultVaultName"
)

// Wrapper refuses every configuration.
type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("the seal azurekeyvault is not part of this build of Vault")
}

func nothing() error { return nil }

func WithDisallowEnvVars(bool) wrapping.Option {
	return func() any { return wrapping.OptionFunc(func(*wrapping.Options) error { return nothing() }) }
}
