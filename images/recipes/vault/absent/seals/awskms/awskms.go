// Package awskms stands in for the auto-unseal by a cloud's key service, which this build leaves out.
package awskms

import (
	"context"
	"errors"

	"github.com/hashicorp/go-hclog"
	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
)

// The names only have to be there and to differ: no seal of this kind can be configured.
const (
	EnvAwsKmsWrapperKeyId   = "absent_EnvAwsKmsWrapperKeyId"
	EnvVaultAwsKmsSealKeyId = "absent_EnvVaultAwsKmsSealKeyId"
)

// Wrapper refuses every configuration.
type Wrapper struct{ wrapping.Wrapper }

func NewWrapper() *Wrapper { return &Wrapper{} }

func (*Wrapper) SetConfig(context.Context, ...wrapping.Option) (*wrapping.WrapperConfig, error) {
	return nil, errors.New("the seal awskms is not part of this build of Vault")
}

func nothing() error { return nil }

func WithDisallowEnvVars(bool) wrapping.Option {
	return func() any { return wrapping.OptionFunc(func(*wrapping.Options) error { return nothing() }) }
}

func WithLogger(hclog.Logger) wrapping.Option {
	return func() any { return wrapping.OptionFunc(func(*wrapping.Options) error { return nothing() }) }
}
