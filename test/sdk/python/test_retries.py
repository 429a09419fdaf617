"""The SDK's own retries work through the service: what it may repeat reaches Polar again, and nothing else does."""

import pytest
from polar_sdk import Polar, models
from polar_sdk.utils import BackoffStrategy, RetryConfig

from conftest import HANDBOOK, TOKEN, confirm_body

QUICK = RetryConfig("backoff", BackoffStrategy(1, 50, 1.1, 5000), False)
NEVER = RetryConfig("none", BackoffStrategy(1, 50, 1.1, 5000), False)


def test_a_read_is_repeated(polar, emulator, checkout):
    emulator.next(method="GET", status=503, count=2)
    assert polar.checkouts.get(id=checkout.id, retries=QUICK).id == checkout.id


def test_rate_limiting_is_waited_out(polar, emulator):
    emulator.next(method="POST", status=429, headers={"Retry-After": "1"}, count=2)
    assert polar.checkouts.create(request={"products": [HANDBOOK]}, retries=QUICK).status == models.CheckoutStatus.OPEN
    assert polar.checkouts.list().result.pagination.total_count == 1


def test_the_next_page_is_repeated_too(polar, emulator, checkout):
    emulator.control("POST", f"checkouts/{checkout.id}/copy", {"count": 2})
    page = polar.checkouts.list(limit=2, retries=QUICK)
    emulator.next(method="GET", status=502, count=1)
    assert len(page.next().result.items) == 1


def test_retries_of_the_whole_client(rest_url, emulator):
    emulator.next(status=503, count=1)
    with Polar(access_token=TOKEN, server_url=rest_url, retry_config=QUICK) as polar:
        assert polar.checkouts.list().result.items == []


def test_without_retries_the_failure_is_seen(polar, emulator, checkout):
    emulator.next(method="PATCH", status=503)
    with pytest.raises(models.SDKError) as info:
        polar.checkouts.update(id=checkout.id, checkout_update={"customer_name": "x"}, retries=NEVER)
    assert info.value.status_code == 503


def test_a_confirm_that_polar_carried_out_is_found_out_and_not_repeated(polar, emulator, checkout):
    """The connection is cut after Polar acted. The buyer is charged once however eager the retries are."""
    emulator.next(method="POST", path="/confirm$", cut=True, act=True)
    confirmed = polar.checkouts.client_confirm(client_secret=checkout.client_secret, checkout_confirm_stripe=confirm_body(), retries=QUICK)
    assert confirmed.STATUS == "confirmed"
    assert confirmed.customer_session_token is None


def test_no_retry_repeats_a_confirm_whose_outcome_is_unknown(polar, emulator, checkout):
    """409 OutcomeUnknown is on no SDK's list."""
    emulator.next(method="POST", path="/confirm$", cut=True)
    with pytest.raises(models.SDKError) as info:
        polar.checkouts.client_confirm(client_secret=checkout.client_secret, checkout_confirm_stripe=confirm_body(), retries=QUICK)
    assert info.value.status_code == 409
    assert '"error":"OutcomeUnknown"' in info.value.body
