// Purchase walks one purchase through a running checkoutsvc, as merchant and as buyer, and tells each step:
//
//	make run                     # in another terminal: the service on its embedded Polar
//	go run ./examples/purchase
//
// The ids are those of the embedded Polar's demo catalogue; flags name others. With
// -confirmation-token ctoken_decline the embedded Polar refuses the card.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "purchase:", err)
		os.Exit(1)
	}
}

// errUsage stands for wrong flags; package flag has said what is wrong with them.
var errUsage = errors.New("wrong flags")

// options are what the flags say.
type options struct{ addr, product, discount, confirmationToken string }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parse(args, stderr)
	if err != nil {
		return err
	}
	client, err := checkouts.Dial(opts.addr)
	if err != nil {
		return err
	}
	defer client.Close()

	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	p := &purchase{client: client, options: opts, out: stdout}
	return explain(p.walk(ctx), opts.addr)
}

func parse(args []string, stderr io.Writer) (options, error) {
	var opts options
	flags := flag.NewFlagSet("purchase", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&opts.addr, "addr", "127.0.0.1:9090", "address of the service's gRPC port")
	flags.StringVar(&opts.product, "product", "0b000000-0000-4000-8000-000000000001", "id of the product to buy")
	flags.StringVar(&opts.discount, "discount", "0d000000-0000-4000-8000-000000000001", "id of the discount to give, or empty")
	flags.StringVar(&opts.confirmationToken, "confirmation-token", "ctoken_example", "the payment form's confirmation token")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return opts, err
	case err != nil:
		return opts, errUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "unexpected argument %q\n", flags.Arg(0))
		return opts, errUsage
	}
	return opts, nil
}

// explain adds to an error what the user can do about it.
func explain(err error, addr string) error {
	var failed *checkouts.Error
	var invalid *checkouts.HTTPValidationError
	switch {
	case errors.As(err, &failed) && failed.Code == codes.Unavailable && failed.Domain == "":
		return fmt.Errorf("no checkoutsvc answers at %s; start one with `make run`, or name another with -addr", addr)
	case errors.As(err, &invalid):
		return fmt.Errorf("%w\n(-product and -discount take ids of your own catalogue)", err)
	default:
		return err
	}
}
