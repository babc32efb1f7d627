// Package alicloudkms stands in for the auto-unseal by a cloud's key service, which this build leaves out.
package alicloudkms

import (
	"context"
	"errors"

	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// The names only have to be there and to differ: no seal of this kind can be configured.
const (
	EnvAliCloudKmsWrapperKeyId   = "absent_EnvAliCloudKmsWrapperKeyId"
	EnvVaultAliCloudKmsSealKeyId = "absent_EnvVaultAliCloudKmsSealKeyId"
)

// Wrapper refuses every configuration.
type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("the seal alicloudkms is not part of this build of Vault")
}
