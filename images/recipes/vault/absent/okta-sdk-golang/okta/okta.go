// Package okta stands in for the second factor by Okta, which this build leaves out.
package okta

import (
	"context"
	"errors"
)

type Configuration struct{ Context context.Context }

type ConfigSetter func(*Configuration)

func NewConfiguration(...ConfigSetter) (*Configuration, error) {
	return nil, errors.New("the second factor by Okta is not part of this build of Vault")
}

func WithToken(string) ConfigSetter { return nil }

func WithOrgUrl(string) ConfigSetter { return nil }

func WithCache(bool) ConfigSetter { return nil }

// No configuration can be made, so what follows is only ever compiled.

type APIClient struct {
	UserAPI       UserAPI
	UserFactorAPI UserFactorAPI
}

func NewAPIClient(*Configuration) *APIClient { return nil }

func (*APIClient) GetConfig() *Configuration { return nil }

type UserAPI struct{}

func (UserAPI) ListUsers(context.Context) Users { return Users{} }

type Users struct{}

func (u Users) Filter(string) Users { return u }

func (Users) Execute() ([]User, any, error) { return nil, nil, nil }

type User struct{}

func (User) GetId() string { return "" }

type UserFactorAPI struct{}

type Call[T any] struct{}

func (Call[T]) Execute() (T, any, error) {
	var none T
	return none, nil, nil
}

func (UserFactorAPI) ListFactors(context.Context, string) Call[[]Factor] { return Call[[]Factor]{} }

func (UserFactorAPI) VerifyFactor(context.Context, string, string) Call[*Verification] {
	return Call[*Verification]{}
}

func (UserFactorAPI) GetFactorTransactionStatus(context.Context, string, string, string) Call[*Transaction] {
	return Call[*Transaction]{}
}

type Factor struct{ UserFactorPush *UserFactorPush }

type UserFactorPush struct{}

func (*UserFactorPush) GetId() string { return "" }

type Verification struct{ Links map[string]any }

func (*Verification) GetFactorResult() string { return "" }

type Transaction struct {
	UserFactorPushTransactionWaiting  *struct{}
	UserFactorPushTransaction         *struct{}
	UserFactorPushTransactionRejected *struct{}
	UserFactorPushTransactionTimeout  *struct{}
}
