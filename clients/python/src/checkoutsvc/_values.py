"""Questions to an answer: is it paid, what is in its metadata, what does it hold that this version does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from typing_extensions import Protocol

from checkoutsvc.v1 import CheckoutStatus

if TYPE_CHECKING:
    from checkoutsvc.v1 import CustomFieldValue, MetadataValue

Value: TypeAlias = "str | int | float | bool | Decimal | list[Any] | dict[str, Any] | None"
"""A value of metadata or of a custom field.

Polar answers strings, numbers and booleans, and None for an empty custom field. An int may be of any size, a Decimal is
a number that no float holds, and lists and dicts are for what Polar may add."""


class HasStatus(Protocol):
    """A checkout in any of its three views, or the error NotOpenCheckout."""

    @property
    def status(self) -> CheckoutStatus.ValueType:
        """Where the checkout stands."""


class HasUnmodelled(Protocol):
    """A message of an answer."""

    @property
    def unmodelled_json(self) -> Mapping[str, str]:
        """Members that this version cannot hold: name to JSON text."""


def is_paid(checkout: HasStatus | CheckoutStatus.ValueType) -> bool:
    """Tells whether a checkout is paid, or free and done: only then deliver.

    CONFIRMED is not paid: the payment has begun, and if it fails the checkout is OPEN again.
    """
    return _status(checkout) == CheckoutStatus.CHECKOUT_STATUS_SUCCEEDED


def is_final(checkout: HasStatus | CheckoutStatus.ValueType) -> bool:
    """Tells whether a checkout will never change its status again: it SUCCEEDED, EXPIRED or FAILED.

    A status that this version does not know counts as not final.
    """
    return _status(checkout) in (
        CheckoutStatus.CHECKOUT_STATUS_SUCCEEDED,
        CheckoutStatus.CHECKOUT_STATUS_EXPIRED,
        CheckoutStatus.CHECKOUT_STATUS_FAILED,
    )


def _status(checkout: HasStatus | CheckoutStatus.ValueType) -> CheckoutStatus.ValueType:
    return checkout if isinstance(checkout, int) else checkout.status


def values(of: Mapping[str, MetadataValue] | Mapping[str, CustomFieldValue]) -> dict[str, Value]:
    """Gives metadata, customer_metadata or custom_field_data of an answer in Python's own values.

    The kind of a number is kept: 1 is an int and 1.0 a float.

        campaign = values(checkout.metadata).get("campaign")
    """
    return {key: _value(value) for key, value in of.items()}


def _value(value: MetadataValue | CustomFieldValue) -> Value:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    held: str | int | float | bool = getattr(value, kind)
    return _parsed(str(held)) if kind == "unmodelled_json" else held


def unmodelled(message: HasUnmodelled, name: str, default: Any = None) -> Any:
    """Gives a member of Polar's answer that the message has no place for, parsed; default if there is none.

    Such is a field that Polar added lately, or a value that is new in a known field.

        points = unmodelled(checkout, "loyalty", {}).get("points", 0)
    """
    text = message.unmodelled_json.get(name)
    return default if text is None else _parsed(text)


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=_number)


def _number(text: str) -> float | Decimal:
    """Keeps a number that is beyond float."""
    number = float(text)
    return number if abs(number) != float("inf") else Decimal(text)
