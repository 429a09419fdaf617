"""What arguments become on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from fake import FakeService

from checkoutsvc.v1 import (
    AddressInput,
    CheckoutStatus,
    MetadataInputValue,
    ProductPriceCreate,
    ProductPriceFixedCreate,
    RetryConfig,
    RetryStrategy,
    TrialInterval,
)


def test_create_sends_fields_request_id_and_retries(client: Any, service: FakeService) -> None:
    client.create_checkout(
        products=["a", "b"],
        amount=500,
        allow_trial=False,
        trial_interval="month",
        customer_billing_address={"country": "GB", "line1": None},
        request_id="order-7",
        retries={"strategy": "backoff", "backoff": {"initial_interval": 100}},
    )
    request = service.last.request
    body = request.checkout_create
    assert (list(body.products), body.amount, body.allow_trial) == (["a", "b"], 500, False)
    assert body.HasField("allow_trial")
    assert body.trial_interval == TrialInterval.TRIAL_INTERVAL_MONTH
    assert body.customer_billing_address == AddressInput(country="GB")
    assert request.request_id == "order-7"
    assert request.retries.strategy == RetryStrategy.RETRY_STRATEGY_BACKOFF
    assert request.retries.backoff.initial_interval == 100


def test_metadata_keeps_the_kinds_of_its_values(client: Any, service: FakeService) -> None:
    given = {"text": "7", "whole": 7, "fraction": 7.0, "yes": True, "no": False, "huge": 1 << 70}
    client.create_checkout(metadata={**given, "own": MetadataInputValue(string_value="x")})
    sent = service.last.request.checkout_create.metadata
    assert {key: value.WhichOneof("value") for key, value in sent.items()} == {
        "text": "string_value",
        "whole": "integer_value",
        "fraction": "double_value",
        "yes": "bool_value",
        "no": "bool_value",
        "huge": "unmodelled_json",
        "own": "string_value",
    }
    assert sent["huge"].unmodelled_json == str(1 << 70)


def test_none_empties_one_custom_field(client: Any, service: FakeService) -> None:
    client.update_checkout("id", custom_field_data={"size": None, "gift": True})
    request = service.last.request
    assert set(request.checkout_update.custom_field_data) == {"size", "gift"}
    assert request.checkout_update.custom_field_data["size"].WhichOneof("value") is None
    assert not request.update_mask.paths


def test_nested_messages_are_mappings_or_messages(client: Any, service: FakeService) -> None:
    price = ProductPriceCreate(fixed=ProductPriceFixedCreate(price_amount=500))
    client.create_checkout(
        prices={"a": [{"fixed": {"price_amount": 500}}, price]},
        customer_billing_address=AddressInput(country="FR"),
        retries=RetryConfig(retry_connection_errors=True),
    )
    request = service.last.request
    assert list(request.checkout_create.prices["a"].prices) == [price, price]
    assert request.checkout_create.customer_billing_address.country == "FR"
    assert request.retries.retry_connection_errors


def test_labels_of_units_are_mappings_of_mappings(client: Any, service: FakeService) -> None:
    client.create_checkout(prices={"a": [{"unit_based": {"unit_label": {"en": {"=1": "tree", "other": "trees"}}}}]})
    label = service.last.request.checkout_create.prices["a"].prices[0].unit_based.unit_label
    assert dict(label["en"].forms) == {"=1": "tree", "other": "trees"}


def test_an_empty_choice_is_sent(client: Any, service: FakeService) -> None:
    client.create_checkout(prices={"a": [{"free": {}}]})
    price = service.last.request.checkout_create.prices["a"].prices[0]
    assert price.WhichOneof("amount_type") == "free"


def test_without_arguments_the_body_is_there_and_retries_are_not(client: Any, service: FakeService) -> None:
    client.create_checkout()
    assert service.last.request.HasField("checkout_create")
    assert not service.last.request.HasField("retries")
    client.confirm_client_checkout("secret")
    assert service.last.request.HasField("checkout_confirm_stripe")
    assert not service.last.request.accept_second_charge_risk


def test_none_is_absent_in_a_create_and_a_confirm(client: Any, service: FakeService) -> None:
    client.create_checkout(products=None, customer_name=None, metadata=None)
    assert not service.last.request.checkout_create.ListFields()
    client.confirm_client_checkout("secret", discount_code=None)
    assert not service.last.request.checkout_confirm_stripe.ListFields()


def test_an_update_without_clearing_has_no_mask(client: Any, service: FakeService) -> None:
    client.update_checkout("id", customer_name="Ada", metadata={"a": 1})
    request = service.last.request
    assert (request.id, request.checkout_update.customer_name) == ("id", "Ada")
    assert not request.update_mask.paths


@pytest.mark.parametrize("empty", [None, {}])
def test_an_update_that_clears_lists_all_it_sends(
    client: Any, service: FakeService, empty: dict[str, Any] | None
) -> None:
    unmodelled = {"gift_wrap": "true"}
    client.update_checkout("id", customer_name="Ada", metadata=empty, discount_id=None, unmodelled_json=unmodelled)
    request = service.last.request
    assert set(request.update_mask.paths) == {"customer_name", "metadata", "discount_id"}
    assert dict(request.checkout_update.unmodelled_json) == unmodelled


def test_a_buyers_update_clears_too(client: Any, service: FakeService) -> None:
    client.update_client_checkout("secret", discount_code=None, seats=3)
    request = service.last.request
    assert set(request.update_mask.paths) == {"discount_code", "seats"}
    assert (request.client_secret, request.checkout_update_public.seats) == ("secret", 3)


def test_lists_filter_by_words_and_by_values(client: Any, service: FakeService) -> None:
    client.list_checkouts(status=["open", CheckoutStatus.CHECKOUT_STATUS_FAILED], query="", page=2, sorting=["-status"])
    request = service.last.request
    assert list(request.status) == [CheckoutStatus.CHECKOUT_STATUS_OPEN, CheckoutStatus.CHECKOUT_STATUS_FAILED]
    assert request.HasField("query")
    assert (request.page, list(request.sorting)) == (2, ["-status"])


@pytest.mark.parametrize(
    ("fields", "error", "text"),
    [
        ({"product": "a"}, TypeError, "product is no field of CheckoutCreate"),
        ({"products": "a"}, TypeError, "products takes a list, not str"),
        ({"amount": "5"}, TypeError, "amount: "),
        ({"seats": 1 << 31}, ValueError, "seats: "),
        ({"trial_interval": "eon"}, ValueError, "trial_interval: 'eon' is none of day, week, month, year"),
        ({"metadata": ["a"]}, TypeError, "metadata takes a mapping, not list"),
        ({"metadata": {"a": [1]}}, TypeError, r"metadata\['a'\] takes a str, int, float or bool, not list"),
        ({"customer_billing_address": "GB"}, TypeError, "customer_billing_address takes AddressInput or a mapping"),
        ({"customer_billing_address": {"contry": "GB"}}, TypeError, "customer_billing_address.contry is no field"),
        ({"customer_billing_address": RetryConfig()}, TypeError, "customer_billing_address takes AddressInput, not"),
        ({"prices": {"a": [{"fixed": {"price_amount": "5"}}]}}, TypeError, r"prices\['a'\]\[0\].fixed.price_amount: "),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_path(
    client: Any, service: FakeService, fields: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=f"^{text}"):
        client.create_checkout(**fields)
    assert not service.calls
