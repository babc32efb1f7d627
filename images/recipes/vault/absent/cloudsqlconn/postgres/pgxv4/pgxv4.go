// Package pgxv4 stands in for a driver of Google's Cloud SQL, which this build leaves out.
package pgxv4

import "cloud.google.com/go/cloudsqlconn"

func RegisterDriver(string, ...cloudsqlconn.Option) (func() error, error) {
	return nil, cloudsqlconn.ErrAbsent
}
