package checkouts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// shelf lists checkouts as Polar does (B 4). After each page change may alter what there is.
type shelf struct {
	ids    []string
	asked  []*checkoutsv1.ListCheckoutsRequest
	change func(*shelf)
	err    error
}

func (s *shelf) ListCheckouts(
	_ context.Context, req *checkoutsv1.ListCheckoutsRequest, _ ...grpc.CallOption,
) (*checkoutsv1.ListCheckoutsResponse, error) {
	s.asked = append(s.asked, req)
	if s.err != nil {
		return nil, s.err
	}
	page, limit, total := 1, 10, len(s.ids)
	if req.Page != nil {
		page = int(req.GetPage())
	}
	if req.Limit != nil {
		limit = int(req.GetLimit())
	}
	res := &checkoutsv1.ListCheckoutsResponse{Pagination: &checkoutsv1.Pagination{
		TotalCount: int64(total), MaxPage: int64((total + limit - 1) / limit),
	}}
	for _, id := range s.ids[min((page-1)*limit, total):min(page*limit, total)] {
		res.Items = append(res.Items, &checkoutsv1.Checkout{Id: id})
	}
	if s.change != nil {
		s.change(s)
	}
	return res, nil
}

// numbered makes the ids from to to, newest first.
func numbered(from, to int) []string {
	var ids []string
	for n := from; n >= to; n-- {
		ids = append(ids, fmt.Sprint(n))
	}
	return ids
}

// collect reads all that All yields.
func collect(t *testing.T, s *shelf, req *checkoutsv1.ListCheckoutsRequest) []string {
	t.Helper()
	var ids []string
	for checkout, err := range checkouts.All(t.Context(), s, req) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, checkout.GetId())
	}
	return ids
}

func TestAllPages(t *testing.T) {
	for name, c := range map[string]struct {
		ids       []string
		req       *checkoutsv1.ListCheckoutsRequest
		want      []string
		wantCalls int
	}{
		"nothing":           {nil, &checkoutsv1.ListCheckoutsRequest{}, nil, 1},
		"no request":        {numbered(3, 1), nil, numbered(3, 1), 1},
		"largest pages":     {numbered(201, 1), &checkoutsv1.ListCheckoutsRequest{}, numbered(201, 1), 3},
		"full last page":    {numbered(6, 1), &checkoutsv1.ListCheckoutsRequest{Limit: new(int64(3))}, numbered(6, 1), 2},
		"short last page":   {numbered(7, 1), &checkoutsv1.ListCheckoutsRequest{Limit: new(int64(3))}, numbered(7, 1), 3},
		"from a later page": {numbered(25, 1), &checkoutsv1.ListCheckoutsRequest{Page: new(int64(2))}, numbered(15, 1), 2},
		"beyond the end":    {numbered(3, 1), &checkoutsv1.ListCheckoutsRequest{Page: new(int64(9))}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{ids: c.ids}
			if diff := cmp.Diff(c.want, collect(t, s, c.req)); diff != "" {
				t.Errorf("checkouts (-want +got):\n%s", diff)
			}
			if len(s.asked) != c.wantCalls {
				t.Errorf("%d calls, not %d", len(s.asked), c.wantCalls)
			}
		})
	}
}

func TestAllKeepsTheRequest(t *testing.T) {
	req := &checkoutsv1.ListCheckoutsRequest{
		ProductId: []string{"p"}, Query: new("@"), Limit: new(int64(2)), Sorting: []string{"-expires_at"},
	}
	before := proto.CloneOf(req)
	s := &shelf{ids: numbered(3, 1)}
	collect(t, s, req)
	if diff := cmp.Diff(before, req, protocmp.Transform()); diff != "" {
		t.Errorf("the caller's request was changed:\n%s", diff)
	}
	second := proto.CloneOf(before)
	second.Page = new(int64(2))
	if diff := cmp.Diff([]*checkoutsv1.ListCheckoutsRequest{before, second}, s.asked, protocmp.Transform()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAllWhileTheListChanges(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*shelf)
		want   []string
	}{
		"new ones come":      {func(s *shelf) { s.ids = append([]string{fmt.Sprint(100 + len(s.ids))}, s.ids...) }, numbered(9, 1)},
		"it shrinks":         {func(s *shelf) { s.ids = s.ids[:4] }, numbered(9, 6)},
		"it shrinks to none": {func(s *shelf) { s.ids = nil }, numbered(9, 7)},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{ids: numbered(9, 1), change: c.change}
			got := collect(t, s, &checkoutsv1.ListCheckoutsRequest{Limit: new(int64(3))})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("checkouts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllYieldsTheErrorLast(t *testing.T) {
	broken := errors.New("broken")
	s := &shelf{ids: numbered(9, 1), change: func(s *shelf) { s.err = broken }}
	var got []string
	for checkout, err := range checkouts.All(t.Context(), s, &checkoutsv1.ListCheckoutsRequest{Limit: new(int64(2))}) {
		if err != nil {
			if checkout != nil || !errors.Is(err, broken) {
				t.Errorf("got %v with %v", checkout, err)
			}
			got = append(got, "error")
			continue
		}
		got = append(got, checkout.GetId())
	}
	if want := []string{"9", "8", "error"}; !slices.Equal(got, want) {
		t.Errorf("got %v, not %v", got, want)
	}
}

func TestAllStopsWithTheLoopAndStartsAnew(t *testing.T) {
	s := &shelf{ids: numbered(9, 1)}
	all := checkouts.All(t.Context(), s, &checkoutsv1.ListCheckoutsRequest{Limit: new(int64(2))})
	for range 2 {
		for checkout, err := range all {
			if err != nil || checkout.GetId() != "9" {
				t.Errorf("began with %s and %v", checkout.GetId(), err)
			}
			break
		}
	}
	if len(s.asked) != 2 {
		t.Errorf("%d calls, not 2", len(s.asked))
	}
}

func TestNextPage(t *testing.T) {
	for name, c := range map[string]struct {
		req     *checkoutsv1.ListCheckoutsRequest
		maxPage int64
		want    *checkoutsv1.ListCheckoutsRequest
	}{
		"of nothing":      {&checkoutsv1.ListCheckoutsRequest{}, 0, nil},
		"of one page":     {&checkoutsv1.ListCheckoutsRequest{}, 1, nil},
		"of the first":    {&checkoutsv1.ListCheckoutsRequest{}, 2, &checkoutsv1.ListCheckoutsRequest{Page: new(int64(2))}},
		"without request": {nil, 2, &checkoutsv1.ListCheckoutsRequest{Page: new(int64(2))}},
		"of a later one": {
			&checkoutsv1.ListCheckoutsRequest{Page: new(int64(2)), Limit: new(int64(5)), Query: new("")}, 3,
			&checkoutsv1.ListCheckoutsRequest{Page: new(int64(3)), Limit: new(int64(5)), Query: new("")},
		},
		"of the last": {&checkoutsv1.ListCheckoutsRequest{Page: new(int64(3))}, 3, nil},
	} {
		t.Run(name, func(t *testing.T) {
			res := &checkoutsv1.ListCheckoutsResponse{Pagination: &checkoutsv1.Pagination{MaxPage: c.maxPage}}
			if diff := cmp.Diff(c.want, checkouts.NextPage(c.req, res), protocmp.Transform()); diff != "" {
				t.Errorf("next (-want +got):\n%s", diff)
			}
		})
	}
	if next := checkouts.NextPage(nil, &checkoutsv1.ListCheckoutsResponse{}); next != nil {
		t.Errorf("an answer without pagination leads to %v", next)
	}
}
