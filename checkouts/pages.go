package checkouts

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// maxLimit is the most checkouts that Polar gives per page (B 4).
const maxLimit = 100

// A Lister lists checkouts, a page at a time: any client does.
type Lister interface {
	ListCheckouts(ctx context.Context, req *checkoutsv1.ListCheckoutsRequest, opts ...grpc.CallOption) (
		*checkoutsv1.ListCheckoutsResponse, error)
}

// All yields every checkout that req lets pass, fetching page after page while the loop goes on:
//
//	for checkout, err := range checkouts.All(ctx, client, req) { ... }
//
// It begins at the page of req and keeps to its limit. With neither set it takes the largest pages, 100 checkouts, for
// every page counts against Polar's rate limit. A failed call is yielded as the last pair, with a nil checkout. Req is
// not modified; nil asks for everything.
//
// Polar counts pages from the newest, and the list can change between two of them. What slides from one page to the
// next because checkouts were added is yielded once. If checkouts drop out of the filter meanwhile, as many others can
// be missed.
func All(
	ctx context.Context, client Lister, req *checkoutsv1.ListCheckoutsRequest, opts ...grpc.CallOption,
) iter.Seq2[*checkoutsv1.Checkout, error] {
	return func(yield func(*checkoutsv1.Checkout, error) bool) {
		var previous map[string]bool
		for page := firstPage(req); page != nil; {
			res, err := client.ListCheckouts(ctx, page, opts...)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, checkout := range res.GetItems() {
				if !previous[checkout.GetId()] && !yield(checkout, nil) {
					return
				}
			}
			previous, page = ids(res), NextPage(page, res)
		}
	}
}

// NextPage gives the request for the page after the one that req asked for and res is, or nil if that was the last. It
// is what res.next() is in Polar's SDKs. Req is not modified.
//
//	for req != nil {
//		res, err := client.ListCheckouts(ctx, req)
//		...
//		req = checkouts.NextPage(req, res)
//	}
func NextPage(req *checkoutsv1.ListCheckoutsRequest, res *checkoutsv1.ListCheckoutsResponse) *checkoutsv1.ListCheckoutsRequest {
	page := int64(1)
	if req.GetPage() > 0 {
		page = req.GetPage()
	}
	if page >= res.GetPagination().GetMaxPage() {
		return nil
	}
	next := clone(req)
	next.Page = new(page + 1)
	return next
}

func firstPage(req *checkoutsv1.ListCheckoutsRequest) *checkoutsv1.ListCheckoutsRequest {
	first := clone(req)
	if first.Page == nil && first.Limit == nil {
		first.Limit = new(int64(maxLimit))
	}
	return first
}

func clone(req *checkoutsv1.ListCheckoutsRequest) *checkoutsv1.ListCheckoutsRequest {
	if req == nil {
		return &checkoutsv1.ListCheckoutsRequest{}
	}
	return proto.CloneOf(req)
}

func ids(res *checkoutsv1.ListCheckoutsResponse) map[string]bool {
	set := make(map[string]bool, len(res.GetItems()))
	for _, checkout := range res.GetItems() {
		if id := checkout.GetId(); id != "" {
			set[id] = true
		}
	}
	return set
}
