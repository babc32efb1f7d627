// Package ocikms stands in for the auto-unseal by a cloud's key service, which this build leaves out.
package ocikms

import (
	"context"
	"errors"

	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// The names only have to be there and to differ: no seal of this kind can be configured.
const (
	EnvOciKmsWrapperKeyId                = "absent_EnvOciKmsWrapperKeyId"
	EnvVaultOciKmsSealKeyId              = "absent_EnvVaultOciKmsSealKeyId"
	EnvOciKmsWrapperCryptoEndpoint       = "absent_EnvOciKmsWrapperCryptoEndpoint"
	EnvVaultOciKmsSealCryptoEndpoint     = "absent_EnvVaultOciKmsSealCryptoEndpoint"
	EnvOciKmsWrapperManagementEndpoint   = "absent_EnvOciKmsWrapperManagementEndpoint"
	EnvVaultOciKmsSealManagementEndpoint = "absent_EnvVaultOciKmsSealManagementEndpoint"
	KmsConfigKeyId                       = "absent_KmsConfigKeyId"
	KmsConfigCryptoEndpoint              = "absent_KmsConfigCryptoEndpoint"
	KmsConfigManagementEndpoint          = "absent_KmsConfigManagementEndpoint"
)

// Wrapper refuses every configuration.
type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("the seal ocikms is not part of this build of Vault")
}
