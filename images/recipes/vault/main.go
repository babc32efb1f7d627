// The program is Vault's own command line, unchanged: this module only picks what is linked into it.
package main

import (
	"os"

	"github.com/hashicorp/vault/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:]))
}
