"""Creates a checkout and lists it, with a client that a generator made of gen/openapi/checkoutsvc.json."""

import sys

from openapi_client import ApiClient, CheckoutsApi, Configuration
from openapi_client.exceptions import UnprocessableEntityException
from openapi_client.models import CheckoutCreate, CheckoutCreateMetadataValue

HANDBOOK = "0b000000-0000-4000-8000-000000000001"

with ApiClient(Configuration(host=sys.argv[1])) as client:
    checkouts = CheckoutsApi(client)
    order = {"order": CheckoutCreateMetadataValue(7), "gift": CheckoutCreateMetadataValue(True)}
    created = checkouts.checkouts_create(CheckoutCreate(products=[HANDBOOK], metadata=order))
    assert created.status == "open" and created.amount == 1000, created
    assert {name: value.actual_instance for name, value in created.metadata.items()} == {"order": 7, "gift": True}, created.metadata
    assert created.product.name == "Handbook", created.product

    listed = checkouts.checkouts_list(limit=5)
    assert [checkout.id for checkout in listed.items] == [created.id], listed
    assert listed.pagination.total_count == 1, listed.pagination

    read = checkouts.checkouts_client_get(created.client_secret)
    assert read.organization.name == "Demo Inc", read.organization

    try:
        checkouts.checkouts_create(CheckoutCreate(products=["0b000000-0000-4000-8000-00000000ffff"]))
    except UnprocessableEntityException as refused:
        assert "Product does not exist." in refused.body, refused.body
    else:
        raise AssertionError("a product that does not exist was sold")
print("created, listed, read and refused")
