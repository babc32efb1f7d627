// Package monitoring stands in for the Stackdriver client, which this build leaves out.
package monitoring

import (
	"context"
	"errors"
)

type MetricClient struct{}

func NewMetricClient(context.Context, ...any) (*MetricClient, error) {
	return nil, errors.New("Stackdriver telemetry is not part of this build of Vault")
}
