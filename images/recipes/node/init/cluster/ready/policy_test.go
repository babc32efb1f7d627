package ready

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWhatCountsAsCutOff(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: unix.ECONNREFUSED}
	unreachable := &net.OpError{Op: "dial", Err: unix.EHOSTUNREACH}
	for name, each := range map[string]struct {
		err               error
		refuses, isCutOff bool
	}{
		"still open":                           {nil, true, false},
		"no answer, of an engine that drops":   {fmt.Errorf("%w from x", errTimeout), false, true},
		"no answer, of an engine that refuses": {fmt.Errorf("%w from x", errTimeout), true, true},
		"refused, by an engine that refuses":   {refused, true, true},
		"refused, though the engine drops":     {refused, false, false},
		"no way there":                         {unreachable, true, false},
		"the probe failed":                     {errors.New("enter /run/netns/x"), true, false},
	} {
		if got := cutOff(each.err, each.refuses); (got == nil) != each.isCutOff {
			t.Errorf("%s: %v", name, got)
		}
	}
}
