package options

import (
	"fmt"
	"regexp"
)

var nodeName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// Kubernetes takes service ranges of at most 20 host bits.
const widestServiceRange, smallestServiceRange = 12, 28

// problems are those that only show when all flags are known.
func (o Options) problems() []string {
	var problems []string
	if len(o.NodeName) > 63 || !nodeName.MatchString(o.NodeName) {
		problems = append(problems, fmt.Sprintf("--node-name: expected a DNS name in lower case, got %q", o.NodeName))
	}
	if o.ClusterCIDR.Bits() > NodeCIDRBits {
		problems = append(problems, fmt.Sprintf("--cluster-cidr: %s is too small for a node's /%d", o.ClusterCIDR, NodeCIDRBits))
	}
	if bits := o.ServiceCIDR.Bits(); bits < widestServiceRange || bits > smallestServiceRange {
		problems = append(problems, fmt.Sprintf("--service-cidr: expected /%d to /%d, got %s", widestServiceRange, smallestServiceRange, o.ServiceCIDR))
	}
	if o.ClusterCIDR.Overlaps(o.ServiceCIDR) {
		problems = append(problems, fmt.Sprintf("--cluster-cidr %s and --service-cidr %s overlap", o.ClusterCIDR, o.ServiceCIDR))
	}
	return problems
}
