package supervise

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func shell(name, script string) Component {
	return Component{Name: name, Path: "/bin/sh", Args: []string{"-c", script}}
}

func started(t *testing.T, components ...Component) *Supervisor {
	t.Helper()
	supervisor, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, component := range components {
		if err := supervisor.Start(component); err != nil {
			t.Fatal(err)
		}
	}
	return supervisor
}

func TestAnEndIsReportedWithItsName(t *testing.T) {
	s := started(t, shell("stays", "exec sleep 60"), shell("dies", "echo last words; exit 3"))
	defer s.Stop(time.Second, "stays")
	select {
	case ended := <-s.Ended():
		if ended.Name != "dies" || ended.How != "exit status 3" {
			t.Errorf("got %+v", ended)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nobody noticed")
	}
	if got := Tail(s.LogFile("dies"), 5); got != "last words" {
		t.Errorf("log is %q", got)
	}
}

func TestStopIsQuietAndKillsTheStubborn(t *testing.T) {
	s := started(t, shell("polite", "trap 'exit 0' TERM; while :; do sleep 0.01; done"),
		shell("stubborn", "trap '' TERM; echo ready; while :; do sleep 0.01; done"))
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(Tail(s.LogFile("stubborn"), 1), "ready"); {
		if time.Now().After(deadline) {
			t.Fatal("never started")
		}
		time.Sleep(5 * time.Millisecond)
	}
	begun := time.Now()
	killed := s.Stop(300*time.Millisecond, "polite", "stubborn", "unknown")
	if !slices.Equal(killed, []string{"stubborn"}) {
		t.Errorf("killed %v", killed)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	select {
	case ended := <-s.Ended():
		t.Errorf("a wanted end was reported: %+v", ended)
	default:
	}
	if err := s.Start(shell("late", "true")); err == nil {
		t.Error("something started after the stop")
	}
}

func TestMissingProgram(t *testing.T) {
	s := started(t)
	if err := s.Start(Component{Name: "none", Path: "/nonexistent"}); err == nil || !strings.Contains(err.Error(), "start none") {
		t.Errorf("got %v", err)
	}
}

func TestTailOfALongLog(t *testing.T) {
	file := t.TempDir() + "/log"
	if err := os.WriteFile(file, []byte(strings.Repeat("x\n", 100_000)+"a\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Tail(file, 2); got != "a\nb" {
		t.Errorf("got %q", got)
	}
}

func TestReaperHandsOnTheExitCode(t *testing.T) {
	code, err := Reap(exec.Command("/bin/sh", "-c", "sleep 0 & exit 7"))
	if err != nil || code != 7 {
		t.Errorf("code %d, error %v", code, err)
	}
}
