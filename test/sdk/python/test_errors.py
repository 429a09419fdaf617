"""Every error of the SDK's tables, raised as its own class with its fields, and SDKError for every other."""

import time

import pytest
from polar_sdk import Polar, models

from conftest import ADA, HANDBOOK, MEMBERSHIP, ORGANIZATION, TOKEN, confirm_body

NOBODY = "11111111-1111-4111-8111-111111111111"


def raised(error, status, call):
    """Makes the call, which must raise just that class with that status, and returns what was raised."""
    with pytest.raises(models.PolarError) as info:
        call()
    assert type(info.value) is error, repr(info.value)
    assert info.value.status_code == status
    return info.value


def by_id(polar, checkout):
    """The two operations on one session that only a merchant may call."""
    return [
        lambda: polar.checkouts.get(id=checkout),
        lambda: polar.checkouts.update(id=checkout, checkout_update={"customer_name": "x"}),
    ]


def buyers(polar, secret):
    """The three operations that need the client secret alone."""
    return [
        lambda: polar.checkouts.client_get(client_secret=secret),
        lambda: polar.checkouts.client_update(client_secret=secret, checkout_update_public={"customer_name": "x"}),
        lambda: polar.checkouts.client_confirm(client_secret=secret, checkout_confirm_stripe=confirm_body()),
    ]


@pytest.mark.parametrize("number", range(5))
def test_not_found(polar, number):
    call = (by_id(polar, NOBODY) + buyers(polar, "polar_c_nobody"))[number]
    error = raised(models.ResourceNotFound, 404, call)
    assert (error.data.ERROR, error.data.detail) == ("ResourceNotFound", "Not found")


INVALID = {
    "list": (lambda p, c: p.checkouts.list(organization_id="x"), ["query", "organization_id"], "uuid_parsing"),
    "list page": (lambda p, c: p.checkouts.list(page=0), ["query", "page"], "greater_than"),
    "create": (lambda p, c: p.checkouts.create(request={"products": ["x"]}), ["body"], "uuid_parsing"),
    "get": (lambda p, c: p.checkouts.get(id="x"), ["path", "id"], "uuid_parsing"),
    "update": (lambda p, c: p.checkouts.update(id=c.id, checkout_update={"customer_email": "x"}), ["body", "customer_email"], "value_error"),
    "client_update": (
        lambda p, c: p.checkouts.client_update(client_secret=c.client_secret, checkout_update_public={"seats": 0}),
        ["body", "seats"],
        "greater_than_equal",
    ),
    "client_update business": (
        lambda p, c: p.checkouts.client_update(client_secret=c.client_secret, checkout_update_public={"discount_code": "NONE"}),
        ["body", "discount_code"],
        "value_error",
    ),
    "client_confirm": (
        lambda p, c: p.checkouts.client_confirm(client_secret=c.client_secret, checkout_confirm_stripe={}),
        ["body", "customer_billing_address"],
        "missing",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_validation(polar, checkout, name):
    call, loc, kind = INVALID[name]
    error = raised(models.HTTPValidationError, 422, lambda: call(polar, checkout))
    assert any(kind == item.type and item.loc[: len(loc)] == loc and item.msg for item in error.data.detail), error.data


@pytest.mark.parametrize("number", range(3))
def test_expired(polar, emulator, checkout, number):
    emulator.control("PATCH", f"checkouts/{checkout.id}", {"overdue": True})
    error = raised(models.ExpiredCheckoutError, 410, buyers(polar, checkout.client_secret)[number])
    assert (error.data.ERROR, error.data.detail) == ("ExpiredCheckoutError", "This checkout session has expired.")


@pytest.mark.parametrize("number", range(3))
def test_not_open(polar, checkout, number):
    polar.checkouts.client_confirm(client_secret=checkout.client_secret, checkout_confirm_stripe=confirm_body(confirmation_token_id="ctoken_hold"))
    call = (by_id(polar, checkout.id)[1:] + buyers(polar, checkout.client_secret)[1:])[number]
    error = raised(models.CheckoutForbiddenError, 403, call)
    assert isinstance(error.data, models.NotOpenCheckoutData)
    assert (error.data.ERROR, error.data.detail) == ("NotOpenCheckout", f"Checkout {checkout.id} is not open: confirmed")


@pytest.mark.parametrize("number", range(3))
def test_already_active_subscription(polar, emulator, number):
    emulator.subscribe(ADA)
    created = polar.checkouts.create(request={"products": [MEMBERSHIP], "customer_id": ADA})
    call = (by_id(polar, created.id)[1:] + buyers(polar, created.client_secret)[1:])[number]
    error = raised(models.CheckoutForbiddenError, 403, call)
    assert isinstance(error.data, models.AlreadyActiveSubscriptionErrorData)
    assert (error.data.ERROR, error.data.detail) == ("AlreadyActiveSubscriptionError", "You already have an active subscription.")


def test_payment_not_ready(polar, emulator, checkout):
    emulator.control("PATCH", "organizations/" + ORGANIZATION, {"status": "created"})
    error = raised(models.CheckoutForbiddenError, 403, buyers(polar, checkout.client_secret)[2])
    assert isinstance(error.data, models.PaymentNotReadyData)
    assert (error.data.ERROR, error.data.detail) == ("PaymentNotReady", "Organization is not ready to accept payments")


def test_trial_already_redeemed(polar, emulator, checkout):
    """Scripted: the SDK turns the trial off in every confirm, so that Polar never refuses one."""
    body = '{"error":"TrialAlreadyRedeemed","detail":"You have already used a trial for this product. Trials can only be used once per customer."}'
    emulator.next(method="POST", path="/confirm$", status=403, headers={"Content-Type": "application/json"}, body=body)
    error = raised(models.CheckoutForbiddenError, 403, buyers(polar, checkout.client_secret)[2])
    assert isinstance(error.data, models.TrialAlreadyRedeemedData)
    assert error.data.detail.startswith("You have already used a trial")


def test_payment_error(polar, checkout):
    call = lambda: polar.checkouts.client_confirm(
        client_secret=checkout.client_secret, checkout_confirm_stripe=confirm_body(confirmation_token_id="ctoken_decline")
    )
    error = raised(models.PaymentError, 400, call)
    assert error.data.ERROR == "PaymentError"
    assert error.data.detail == "The payment failed: Your card was declined. Please try again with a different payment method."


def test_locked_is_an_sdk_error(polar, emulator, checkout):
    emulator.control("POST", f"checkouts/{checkout.id}/lock", {"for": "60s"})
    for call in by_id(polar, checkout.id)[1:] + buyers(polar, checkout.client_secret)[1:]:
        error = raised(models.SDKError, 409, call)
        assert '"error":"CheckoutLocked"' in error.body


def test_rate_limiting_is_an_sdk_error(polar, emulator):
    emulator.next(status=429, headers={"Retry-After": "5"})
    for _ in range(2):  # the second one is not sent to Polar: the service rests as long as Polar has said
        error = raised(models.SDKError, 429, polar.checkouts.list)
        assert error.headers["retry-after"] == "5"
    time.sleep(5)


@pytest.mark.parametrize("status, body", [(500, "Internal Server Error"), (502, "<html>Bad Gateway</html>"), (503, "")])
def test_failures_of_polar_are_sdk_errors(polar, emulator, status, body):
    emulator.next(status=status, headers={"Content-Type": "text/html"}, body=body, count=10)
    assert raised(models.SDKError, status, polar.checkouts.list).body == body


def test_a_cut_connection_after_a_write_is_an_unknown_outcome(polar, emulator, checkout):
    emulator.next(method="POST", path="/confirm$", cut=True)
    error = raised(models.SDKError, 409, buyers(polar, checkout.client_secret)[2])
    assert '"error":"OutcomeUnknown"' in error.body


def test_other_parts_of_the_sdk_are_told_where_they_are(polar):
    error = raised(models.SDKError, 501, polar.products.list)
    assert '"error":"NotServedHere"' in error.body and "checkoutsvc" in error.body


@pytest.mark.parametrize("number", range(2))
def test_a_blocked_organization(polar, emulator, checkout, number):
    """The SDK has no class for NotPermitted: it says that the answer is not what it expects, and keeps it."""
    emulator.control("PATCH", "organizations/" + ORGANIZATION, {"status": "blocked"})
    error = raised(models.ResponseValidationError, 403, buyers(polar, checkout.client_secret)[number + 1])
    assert '"error":"NotPermitted"' in error.body


class TestCallersCredential:
    """With --credentials=caller each caller's own token goes to Polar, and Polar's answers come back."""

    def test_the_own_token_works(self, caller_url, emulator):
        with Polar(access_token=TOKEN, server_url=caller_url) as polar:
            created = polar.checkouts.create(request={"products": [HANDBOOK]})
            assert polar.checkouts.list().result.items[0].id == created.id
            confirmed = polar.checkouts.client_confirm(client_secret=created.client_secret, checkout_confirm_stripe=confirm_body())
            assert confirmed.STATUS == "confirmed"

    def test_other_paths_reach_polar(self, caller_url, emulator):
        with Polar(access_token=TOKEN, server_url=caller_url) as polar:
            assert HANDBOOK in [p.id for p in polar.products.list().result.items]

    def test_a_wrong_token_is_polars_to_refuse(self, caller_url, emulator):
        with Polar(access_token="polar_oat_wrong", server_url=caller_url) as polar:
            error = raised(models.SDKError, 401, polar.checkouts.list)
            assert "invalid_token" in error.body
            assert error.headers["www-authenticate"].startswith("Bearer")

    def test_no_token_is_polars_to_refuse(self, caller_url, emulator):
        with Polar(server_url=caller_url) as polar:
            assert '"Unauthorized"' in raised(models.SDKError, 401, polar.checkouts.list).body

    def test_missing_scope(self, caller_url, emulator):
        token = emulator.control("POST", "tokens", {"scopes": ["checkouts:read"]})["token"]
        with Polar(access_token=token, server_url=caller_url) as polar:
            assert polar.checkouts.list().result.items == []
            error = raised(models.SDKError, 403, lambda: polar.checkouts.create(request={"products": [HANDBOOK]}))
            assert "insufficient_scope" in error.body
