package service

import (
	"net/url"
	"strconv"
	"strings"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// checkStatuses refuses numbers that have no name at Polar.
func checkStatuses(statuses []pb.CheckoutStatus) error {
	for _, status := range statuses {
		if _, named := pb.CheckoutStatus_name[int32(status)]; !named || status == pb.CheckoutStatus_CHECKOUT_STATUS_UNSPECIFIED {
			return InvalidArgument("status", "has a value without a name; to list all checkouts leave it empty")
		}
	}
	return nil
}

// listQuery writes the parameters of list as Polar takes them: repeated keys, never commas (B 4).
func listQuery(req *pb.ListCheckoutsRequest) string {
	values := url.Values{
		"organization_id":      req.GetOrganizationId(),
		"product_id":           req.GetProductId(),
		"customer_id":          req.GetCustomerId(),
		"external_customer_id": req.GetExternalCustomerId(),
		"sorting":              req.GetSorting(),
	}
	for _, status := range req.GetStatus() {
		values.Add("status", strings.ToLower(strings.TrimPrefix(status.String(), "CHECKOUT_STATUS_")))
	}
	if req.Query != nil {
		values.Set("query", req.GetQuery())
	}
	if req.Page != nil {
		values.Set("page", strconv.FormatInt(req.GetPage(), 10))
	}
	if req.Limit != nil {
		values.Set("limit", strconv.FormatInt(req.GetLimit(), 10))
	}
	return values.Encode()
}
