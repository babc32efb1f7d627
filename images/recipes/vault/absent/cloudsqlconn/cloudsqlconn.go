// Package cloudsqlconn stands in for connections to Google's Cloud SQL, which this build leaves out.
package cloudsqlconn

import "errors"

// ErrAbsent is what each attempt to use a driver ends in.
var ErrAbsent = errors.New("Cloud SQL is not part of this build of Vault")

type Option struct{}

type DialOption struct{}

func WithIAMAuthN() Option { return Option{} }

func WithCredentialsJSON([]byte) Option { return Option{} }

func WithDefaultDialOptions(...DialOption) Option { return Option{} }

func WithPrivateIP() DialOption { return DialOption{} }
