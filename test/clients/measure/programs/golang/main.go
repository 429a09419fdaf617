// Command go makes a client, or measures how many calls a second it makes.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func main() {
	client, err := checkouts.Dial(os.Getenv("CHECKOUTSVC_ADDRESS"))
	if err != nil {
		panic(err)
	}
	defer client.Close()
	if len(os.Args) < 4 {
		return
	}
	callers, _ := strconv.Atoi(os.Args[2])
	seconds, _ := strconv.ParseFloat(os.Args[3], 64)
	fmt.Fprintln(os.Stdout, float64(count(client, os.Args[1], callers, time.Duration(seconds*float64(time.Second))))/seconds)
}

func count(client *checkouts.Client, checkout string, callers int, during time.Duration) int64 {
	get := func() {
		if _, err := client.GetCheckout(context.Background(), &checkoutsv1.GetCheckoutRequest{Id: checkout}); err != nil {
			panic(err)
		}
	}
	get()
	var calls atomic.Int64
	var running sync.WaitGroup
	end := time.Now().Add(during)
	for range callers {
		running.Go(func() {
			for time.Now().Before(end) {
				get()
				calls.Add(1)
			}
		})
	}
	running.Wait()
	return calls.Load()
}
