// Command checkoutsvc serves Polar's checkout sessions over gRPC, in front of Polar or of the Polar that is built in.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(exitCode(run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr), os.Stderr))
}

// usageError is a mistake in how the program was called: exit 2, where everything else is exit 1.
type usageError struct{ error }

func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "checkoutsvc:", err)
		return 2
	default:
		fmt.Fprintln(stderr, "checkoutsvc:", err)
		return 1
	}
}

const overview = `checkoutsvc sells through Polar for every program of a company.

Usage:
  checkoutsvc serve --polar=embedded     start the service (--polar also: sandbox, production, a base URL)
  checkoutsvc check --polar=sandbox ...  test the files, store and Polar that the flags of serve name, and change nothing
  checkoutsvc emulator                   start the built-in Polar alone, for the tests of other programs
  checkoutsvc version                    print the version
  checkoutsvc COMMAND -h                 explain a command's flags
`

// run is the program. It returns when its command is done or ctx ends.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(stderr, overview)
		return usageError{errors.New("name a command")}
	}
	switch command, rest := args[0], args[1:]; command {
	case "serve":
		return serve(ctx, rest, env, stderr)
	case "check":
		return check(ctx, rest, env, stdout, stderr)
	case "emulator":
		return emulate(ctx, rest, env, stderr)
	case "version", "--version", "-version":
		if len(rest) > 0 {
			return usageError{fmt.Errorf("version takes no %q", rest[0])}
		}
		_, err := fmt.Fprintln(stdout, "checkoutsvc", version())
		return err
	case "help", "-h", "--help", "-help":
		_, err := fmt.Fprint(stdout, overview)
		return err
	default:
		return usageError{fmt.Errorf("there is no command %q; the commands are serve, check, emulator and version", command)}
	}
}
