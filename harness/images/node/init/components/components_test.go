package components

import (
	"slices"
	"testing"
)

func TestExtraArgumentsWin(t *testing.T) {
	line := arguments{"v": "1", "secure-port": "6443", "enable-admission-plugins": "NodeRestriction"}.with(
		[]string{"v=2", "audit-log-path=-", "enable-admission-plugins=AlwaysPullImages", "v=3"})
	expected := []string{"--audit-log-path=-", "--enable-admission-plugins=NodeRestriction,AlwaysPullImages", "--secure-port=6443", "--v=3"}
	if !slices.Equal(line, expected) {
		t.Errorf("got %v", line)
	}
}
