// Command registry is the Distribution project's registry with what tests use of it: files as storage, and a file of users. Its full
// set also links the SDKs of three clouds.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/spf13/cobra"
	"golang.org/x/crypto/bcrypt"
)

// htpasswd writes the line of a user, as Apache's `htpasswd -niB` does; the registry takes bcrypt alone.
var htpasswd = &cobra.Command{
	Use:   "htpasswd USER",
	Short: "read a password from standard input, write the user's line",
	Args:  cobra.ExactArgs(1),
	RunE: func(_ *cobra.Command, args []string) error {
		password, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if password = strings.TrimSuffix(password, "\n"); password == "" {
			return fmt.Errorf("no password on standard input: %w", err)
		}
		hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		if err != nil {
			return err
		}
		fmt.Printf("%s:%s\n", args[0], hash)
		return nil
	},
}

func main() {
	registry.RootCmd.AddCommand(htpasswd)
	if registry.RootCmd.Execute() != nil {
		os.Exit(1)
	}
}
