"""What type checkers make of a program that uses the client: mypy --strict reads it, nobody runs it.

An ignored error must be one: mypy complains of those that are not.
"""

from collections.abc import Iterator

from checkoutsvc import (
    AsyncClient,
    Checkout,
    CheckoutStatus,
    HTTPValidationError,
    NotOpenCheckout,
    OutcomeUnknown,
    Value,
    connect,
    connect_async,
    is_final,
    is_paid,
    unmodelled,
    values,
)
from checkoutsvc.v1 import AddressInput, CheckoutPublicConfirmed, RetryConfig, TrialInterval
from checkoutsvc.v1.fields import CheckoutCreateFields


def creates() -> Checkout:
    with connect("127.0.0.1:9090", token=lambda: "token", timeout=10) as client:
        return client.create_checkout(
            products=["a"],
            metadata={"order": 7, "vip": True, "ratio": 0.5, "text": "x"},
            custom_field_data={"size": None},
            customer_billing_address={"country": "GB"},
            trial_interval="month",
            prices={"a": [{"fixed": {"price_amount": 500}}]},
            request_id="order-7",
            retries={"strategy": "backoff", "backoff": {"initial_interval": 100}},
        )


def creates_with_messages(fields: CheckoutCreateFields) -> Checkout:
    fields["trial_interval"] = TrialInterval.TRIAL_INTERVAL_DAY
    fields["customer_billing_address"] = AddressInput(country="GB")
    return connect("127.0.0.1:9090").create_checkout(**fields, retries=RetryConfig())


def answers(checkout: Checkout) -> tuple[str, int, bool, Value]:
    is_final(checkout.status)
    unmodelled(checkout, "loyalty")
    return checkout.url, checkout.total_amount, is_paid(checkout), values(checkout.metadata)["order"]


def lists() -> Iterator[str]:
    client = connect("127.0.0.1:9090")
    for checkout in client.list_all(status=["open", CheckoutStatus.CHECKOUT_STATUS_EXPIRED]):
        yield checkout.id


def clears() -> None:
    connect("127.0.0.1:9090").update_checkout("id", discount_id=None, metadata={})


def handles() -> None:
    client = connect("127.0.0.1:9090")
    try:
        client.confirm_client_checkout("secret", confirmation_token_id="ctoken_1", accept_second_charge_risk=True)
    except NotOpenCheckout as error:
        print(error.status == CheckoutStatus.CHECKOUT_STATUS_CONFIRMED, is_paid(error))
    except HTTPValidationError as error:
        print([item.field for item in error.items], [violation.field for violation in error.violations])
    except OutcomeUnknown as error:
        print(error.operation, error.retry_safe, error.code.name)


async def asynchronously() -> CheckoutPublicConfirmed:
    async with connect_async("127.0.0.1:9090") as client:
        assert isinstance(client, AsyncClient)
        async for checkout in client.list_all(limit=10):
            print(checkout.id)
        return await client.confirm_client_checkout("secret")


async def must_be_awaited() -> None:
    client = connect_async("127.0.0.1:9090")
    print(client.get_checkout("id").url)  # type: ignore[attr-defined]


def refuses() -> None:
    client = connect("127.0.0.1:9090")
    client.create_checkout(product=["a"])  # type: ignore[call-arg]
    client.create_checkout(products=["a"], amount="500")  # type: ignore[arg-type]
    client.create_checkout(metadata={"a": ["list"]})  # type: ignore[dict-item]
    client.create_checkout(trial_interval="eon")  # type: ignore[arg-type]
    client.create_checkout(customer_billing_address={"contry": "GB"})  # type: ignore[arg-type]
    client.update_checkout(discount_id=None)  # type: ignore[call-arg]
    print(client.get_client_checkout("secret").client_secrets)  # type: ignore[attr-defined]
    values({"a": 1})  # type: ignore[arg-type]
    is_paid("succeeded")  # type: ignore[arg-type]
