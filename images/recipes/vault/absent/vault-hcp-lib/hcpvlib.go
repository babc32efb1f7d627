// Package hcpvlib stands in for the login to HashiCorp's cloud, which this build leaves out.
package hcpvlib

import (
	"time"

	"github.com/hashicorp/cli"
)

type HCPToken struct {
	AccessToken       string
	AccessTokenExpiry time.Time
	ProxyAddr         string
}

type HCPTokenHelper interface {
	GetHCPToken(path string) (*HCPToken, error)
}

type InternalHCPTokenHelper struct{}

// GetHCPToken answers as where nobody has logged in to the cloud.
func (*InternalHCPTokenHelper) GetHCPToken(string) (*HCPToken, error) { return nil, nil }

func InitHCPCommand(cli.Ui) map[string]cli.CommandFactory { return nil }
