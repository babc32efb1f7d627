// Command probe finds out who may talk to whom. `serve` listens where a pod or host has nothing that answers, `ask`
// sends one probe to each of many targets at the same time and prints a JSON line for each, and `stop` ends the `serve` of
// that name in the same network namespace.
//
//	probe serve [-name NAME] [-address IP]… [-for DURATION] tcp/8000 udp/53 sctp/8000 …
//	probe ask [-timeout DURATION] tcp/8000/10.42.0.7 udp/53/10.43.0.10 tcp/6379/meho-broadcast.meho.svc …
//	probe kernel
//	probe stop [-name NAME]
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("expected serve, ask, kernel or stop"))
	}
	arguments := os.Args[2:]
	switch command := os.Args[1]; command {
	case "serve":
		flags := flag.NewFlagSet(command, flag.ExitOnError)
		lifetime := flags.Duration("for", 0, "end by itself after this time")
		var addresses list
		name := flags.String("name", "", "by which stop finds it")
		flags.Var(&addresses, "address", "IPv4 address to take in as well; needs CAP_NET_ADMIN")
		fail(flags.Parse(arguments))
		fail(serve(flags.Args(), *name, addresses, *lifetime))
	case "ask":
		flags := flag.NewFlagSet(command, flag.ExitOnError)
		timeout := flags.Duration("timeout", 3*time.Second, "for each target")
		fail(flags.Parse(arguments))
		fail(ask(flags.Args(), *timeout, os.Stdout))
	case "kernel":
		fail(kernel(os.Stdout))
	case "stop":
		flags := flag.NewFlagSet(command, flag.ExitOnError)
		name := flags.String("name", "", "of the serve to end")
		fail(flags.Parse(arguments))
		fail(stop(*name))
	default:
		fail(fmt.Errorf("unknown command %q", command))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

type list []string

func (l *list) String() string { return fmt.Sprint(*l) }

func (l *list) Set(text string) error {
	*l = append(*l, text)
	return nil
}
