// Package supervise starts the node's components, notices when one ends, and stops them.
package supervise

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Component is a program that runs as long as the node does.
type Component struct {
	Name string
	Path string
	Args []string
	// Env is added to the node's environment.
	Env []string
}

// Ended says that a component is gone, though nobody asked it to.
type Ended struct {
	Name string
	// How it ended, e.g. `exit status 1` or `signal: killed`.
	How string
}

func (e Ended) Error() string { return fmt.Sprintf("%s ended (%s)", e.Name, e.How) }

// Supervisor owns the components it started. Each writes to its own log file.
type Supervisor struct {
	logs     string
	ended    chan Ended
	mu       sync.Mutex
	running  map[string]*process
	stopping bool
}

type process struct {
	command *exec.Cmd
	gone    chan struct{}
}

// New makes a supervisor whose components log to `folder/<name>.log`.
func New(folder string) (*Supervisor, error) {
	return &Supervisor{logs: folder, ended: make(chan Ended, 1), running: map[string]*process{}}, os.MkdirAll(folder, 0o755)
}

// Ended gives the first component that ended by itself.
func (s *Supervisor) Ended() <-chan Ended { return s.ended }

// LogFile is where a component writes.
func (s *Supervisor) LogFile(name string) string { return filepath.Join(s.logs, name+".log") }

// Start runs a component in its own process group, so that a Ctrl-C on the terminal reaches only the node.
func (s *Supervisor) Start(component Component) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return errors.New("the node is stopping")
	}
	log, err := os.OpenFile(s.LogFile(component.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(component.Path, component.Args...)
	command.Args[0] = component.Name
	command.Env = append(os.Environ(), component.Env...)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", component.Name, err)
	}
	started := &process{command: command, gone: make(chan struct{})}
	s.running[component.Name] = started
	go s.await(component.Name, started)
	return nil
}

func (s *Supervisor) await(name string, p *process) {
	// The error only repeats what the state says.
	_ = p.command.Wait()
	close(p.gone)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, name)
	if s.stopping {
		return
	}
	select {
	case s.ended <- Ended{Name: name, How: p.command.ProcessState.String()}:
	default: // Another one ended first: it is the cause, this one its consequence.
	}
}

// Stop asks the named components to end, all at once, and kills those that still run after `patience`. It gives the
// names of those it had to kill. From now on an end is no news and nothing can be started.
func (s *Supervisor) Stop(patience time.Duration, names ...string) (killed []string) {
	s.mu.Lock()
	s.stopping = true
	asked := map[string]*process{}
	for _, name := range names {
		if p, found := s.running[name]; found {
			asked[name] = p
			_ = p.command.Process.Signal(syscall.SIGTERM)
		}
	}
	s.mu.Unlock()
	patienceEnds := time.After(patience)
	for _, name := range names {
		p, found := asked[name]
		if !found {
			continue
		}
		select {
		case <-p.gone:
			continue
		case <-patienceEnds:
			// The channel fires once: what comes after has had its time as well.
			patienceEnds = closedTimer()
		}
		select {
		case <-p.gone:
		default:
			killed = append(killed, name)
			_ = p.command.Process.Kill()
			<-p.gone
		}
	}
	return killed
}

func closedTimer() <-chan time.Time {
	done := make(chan time.Time)
	close(done)
	return done
}
