"""list: all nine parameters, and pages one after the other."""

import pytest
from polar_sdk import Polar, models

from conftest import ADA, HANDBOOK, MEMBERSHIP, ORGANIZATION, POSTER, TOKEN, confirm_body


@pytest.fixture
def three(polar):
    """Three sessions that differ in everything that list can filter by."""
    mine = polar.checkouts.create(request={"products": [HANDBOOK], "customer_id": ADA})
    theirs = polar.checkouts.create(request={"products": [MEMBERSHIP], "customer_email": "buyer@example.com"})
    free = polar.checkouts.create(request={"products": [POSTER], "customer_email": "bob@example.org"})
    polar.checkouts.client_confirm(client_secret=theirs.client_secret, checkout_confirm_stripe=confirm_body(confirmation_token_id="ctoken_hold"))
    return mine.id, theirs.id, free.id


LISTS = [
    # parameters, and which of the three sessions are found, in order
    ({}, [2, 1, 0]),
    ({"organization_id": ORGANIZATION}, [2, 1, 0]),
    ({"organization_id": [ADA]}, []),
    ({"product_id": HANDBOOK}, [0]),
    ({"product_id": [HANDBOOK, POSTER]}, [2, 0]),
    ({"customer_id": ADA}, [0]),
    ({"customer_id": [ADA, HANDBOOK]}, [0]),
    ({"external_customer_id": "ada"}, [0]),
    ({"external_customer_id": ["ada", "bob"]}, [0]),
    ({"status": models.CheckoutStatus.CONFIRMED}, [1]),
    ({"status": [models.CheckoutStatus.CONFIRMED, models.CheckoutStatus.OPEN]}, [2, 1, 0]),
    ({"query": "example.org"}, [2]),
    ({"page": 2, "limit": 2}, [0]),
    ({"limit": 1}, [2]),
    ({"sorting": [models.CheckoutSortProperty.CREATED_AT]}, [0, 1, 2]),
    ({"sorting": [models.CheckoutSortProperty.MINUS_STATUS, models.CheckoutSortProperty.CREATED_AT]}, [0, 2, 1]),
    (dict.fromkeys(["organization_id", "product_id", "customer_id", "external_customer_id", "status", "query", "sorting"]), [2, 1, 0]),
]


@pytest.mark.parametrize("parameters, found", LISTS, ids=lambda p: "-".join(p) if isinstance(p, dict) else "")
def test_list_takes_every_parameter(polar, three, parameters, found):
    page = polar.checkouts.list(**parameters)
    assert [three.index(c.id) for c in page.result.items] == found


def test_no_parameter_of_list_is_left_out():
    assert set().union(*(p for p, _ in LISTS)) == set(models.CheckoutsListRequest.model_fields)


def test_pages_follow_each_other(polar, emulator, checkout):
    emulator.control("POST", f"checkouts/{checkout.id}/copy", {"count": 24})
    page, sizes, ids = polar.checkouts.list(product_id=HANDBOOK, limit=10), [], set()
    assert (page.result.pagination.total_count, page.result.pagination.max_page) == (25, 3)
    while page is not None:
        sizes.append(len(page.result.items))
        ids.update(c.id for c in page.result.items)
        page = page.next()
    assert (sizes, len(ids)) == ([10, 10, 5], 25)


def test_an_empty_list_ends_at_once(polar):
    page = polar.checkouts.list()
    assert (page.result.items, page.result.pagination.total_count, page.result.pagination.max_page) == ([], 0, 0)
    assert page.next() is None


def test_the_url_of_one_call_can_be_changed(rest_url, emulator):
    with Polar(access_token=TOKEN, server_url="http://127.0.0.1:9") as polar:
        page = polar.checkouts.list(server_url=rest_url + "/", timeout_ms=5000, http_headers={"X-Mine": "1"})
        assert page.result.items == []
