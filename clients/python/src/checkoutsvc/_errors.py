"""The errors of calls, by Polar's names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import grpc
from typing_extensions import TypedDict, Unpack

from checkoutsvc.v1 import CheckoutStatus, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.rpc.status_pb2 import Status

_EPOCH = datetime.fromtimestamp(0, timezone.utc)


@dataclass(frozen=True)
class FieldViolation:
    """One thing wrong with a request."""

    field: str
    """Path of the field in the body or parameters, such as "customer_billing_address.country"; empty for all of it."""
    description: str
    """What is wrong, for developers."""


class Common(TypedDict, total=False):
    """What every error can be made with: the attributes of CheckoutsvcError."""

    method: str
    code: grpc.StatusCode
    domain: str
    reason: str
    http_status: int
    retry_delay: float
    violations: Sequence[FieldViolation]
    metadata: Mapping[str, str]
    retry_safe: bool
    status_details: Status | None


class CheckoutsvcError(Exception):
    """A failed call. Errors that Polar or the service name are subclasses of it.

    An error that only a newer service knows is a CheckoutsvcError with code, reason and message. A task that is
    cancelled raises asyncio.CancelledError as ever, never this.
    """

    method: str
    """The RPC that failed, such as "ConfirmClientCheckout"."""
    code: grpc.StatusCode
    """The status code, which tells what to do where nothing more is known."""
    message: str
    """The service's text, for logs; without an answer of the service, what happened and what to do."""
    domain: str
    """Where the error arose: "polar.sh", or "checkoutsvc" for the service. Empty if the service did not answer."""
    reason: str
    """The error's name within the domain, in upper snake case, such as "NOT_OPEN_CHECKOUT". Empty without a domain."""
    http_status: int
    """The status that Polar answered; 0 if it did not."""
    retry_delay: float
    """Seconds to wait before the call is worth repeating; 0.0 if the service names no time."""
    violations: tuple[FieldViolation, ...]
    """The fields that were refused, by Polar or by the service."""
    metadata: dict[str, str]
    """What else the service tells, such as "http_status"; by name."""
    retry_safe: bool
    """Whether sending the very same call again does no harm, which is not to say that it helps: a refusal is repeated
    without harm and mostly without use. False for a confirm that may have been carried out, or that was held back
    because an earlier one may have been: read the checkout first."""
    status_details: Status | None
    """The status as it came, with all details, those of a newer service too. None if the service did not answer."""

    def __init__(self, message: str = "", **common: Unpack[Common]) -> None:
        super().__init__(message)
        self.message = message
        self.method = common.get("method", "")
        self.code = common.get("code", grpc.StatusCode.UNKNOWN)
        self.domain = common.get("domain", "")
        self.reason = common.get("reason", "")
        self.http_status = common.get("http_status", 0)
        self.retry_delay = common.get("retry_delay", 0.0)
        self.violations = tuple(common.get("violations", ()))
        self.metadata = dict(common.get("metadata", {}))
        self.retry_safe = common.get("retry_safe", True)
        self.status_details = common.get("status_details")

    def __str__(self) -> str:
        return f"{self.method}: {self.code.name}: {self.message}" if self.method else self.message

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        """Gives what the error is made with besides the common attributes, out of its message in the status."""
        return {"detail": detail.detail}


class _Detailed(CheckoutsvcError):
    detail: str
    """In Polar's words: show or log them, don't build on them."""

    def __init__(self, message: str = "", *, detail: str = "", **common: Unpack[Common]) -> None:
        super().__init__(message or detail, **common)
        self.detail = detail


class ResourceNotFound(_Detailed):
    """There is no such checkout, or it belongs to another organization. Check the id or secret; don't repeat it."""


class ExpiredCheckoutError(_Detailed):
    """The checkout expired. Create a new one; this one cannot be revived."""


class NotOpenCheckout(_Detailed):
    """The checkout is not open, so it cannot be changed or confirmed.

    Act by its status: on CONFIRMED wait for the payment and read it again, on SUCCEEDED treat it as paid, on the others
    create a new one.
    """

    status: CheckoutStatus.ValueType
    """Where the checkout stands; UNSPECIFIED if Polar's words name no status that is known."""

    def __init__(
        self,
        message: str = "",
        *,
        detail: str = "",
        status: CheckoutStatus.ValueType = CheckoutStatus.CHECKOUT_STATUS_UNSPECIFIED,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(message, detail=detail, **common)
        self.status = status

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {"detail": detail.detail, "status": detail.status}


class AlreadyActiveSubscriptionError(_Detailed):
    """The buyer has an active subscription and the organization allows only one.

    Lead the buyer to the customer portal.
    """


class PaymentNotReady(_Detailed):
    """The organization may not take payments yet. The merchant must finish its set-up with Polar."""


class PaymentError(_Detailed):
    """The payment was refused; the checkout is still open. The detail may be shown to the buyer.

    Ask the buyer for another payment method and confirm with a new confirmation token.
    """


class TrialAlreadyRedeemed(_Detailed):
    """The buyer had a trial of this product before. Confirm again with allow_trial=False."""


class DiscountRedemptionLimitReached(_Detailed):
    """The buyer used this discount as often as it may be. Remove the discount and go on."""


class CheckoutLocked(_Detailed):
    """Another call is working on the checkout.

    An update can be repeated after a moment; before a confirm is repeated, read the checkout: the other call may have
    confirmed it.
    """


class CheckoutCustomerDeleted(_Detailed):
    """The customer of the checkout was deleted. Create a new checkout."""


class CheckoutCustomerExternalIdMismatch(_Detailed):
    """A customer with this external ID exists under another e-mail address.

    Use that address, or another external ID in a new checkout.
    """


class InvalidQuantityError(_Detailed):
    """The price has no tier for this number of seats or units. Choose another number."""


class NotPermitted(_Detailed):
    """The organization is blocked or deleted, or the user may not do this.

    Only Polar or the merchant can change that.
    """


class Unauthorized(_Detailed):
    """Nobody knows who calls: the service wants a token of its own (domain "checkoutsvc"), or Polar got none.

    With UNAUTHENTICATED the caller must bring another token; with INTERNAL it was the service's own, and its operator
    must act.
    """


class TaxCalculationTechnicalError(_Detailed):
    """Polar could not compute the tax. Nothing was charged or stored; the same call may work later."""


class NoPricesForCurrencies(_Detailed):
    """The product has no price in a currency that the checkout can use. The merchant must correct its prices."""


class TokenError(CheckoutsvcError):
    """Polar, or the service itself (domain "checkoutsvc"), refused the token, or the token lacks the scope.

    With UNAUTHENTICATED or PERMISSION_DENIED the caller needs another token; with INTERNAL it was the service's own,
    and its operator must act.
    """

    name: str
    """ "invalid_token" or "insufficient_scope"."""
    description: str
    """The same in a sentence."""

    def __init__(self, message: str = "", *, name: str = "", description: str = "", **common: Unpack[Common]) -> None:
        super().__init__(message or description, **common)
        self.name = name
        self.description = description

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {"name": detail.error, "description": detail.error_description}


class HTTPValidationError(CheckoutsvcError):
    """Polar refused the values of the request. Correct the fields and send it again."""

    items: tuple[ValidationError, ...]
    """What was wrong, in Polar's order. An item's input may hold personal data."""
    omitted_items: int
    """How many more there were."""

    def __init__(
        self,
        message: str = "",
        *,
        items: Sequence[ValidationError] = (),
        omitted_items: int = 0,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(message or "; ".join(f"{item.field}: {item.msg}" for item in items), **common)
        self.items = tuple(items)
        self.omitted_items = omitted_items

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {"items": detail.detail, "omitted_items": detail.omitted_items}


class RateLimited(CheckoutsvcError):
    """There were too many calls, for Polar or for the service. Nothing was done."""

    retry_after: int
    """Seconds to wait before the next call; 0 if not known."""

    def __init__(self, message: str = "", *, retry_after: int = 0, **common: Unpack[Common]) -> None:
        super().__init__(message or "too many calls", **common)
        self.retry_after = retry_after

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {"retry_after": detail.retry_after}


class SDKError(CheckoutsvcError):
    """An answer of Polar's that stands for none of the other errors, or something that is no answer of Polar's.

    The code tells what to do; the fields are for those who look into it.
    """

    status_code: int
    """The HTTP status."""
    body: str
    """The body of the answer. It may hold anything: don't show it to buyers."""
    body_truncated: bool
    """Whether the body was cut off."""
    headers: dict[str, str]
    """Some headers of the answer, by name in lower case."""

    def __init__(
        self,
        message: str = "",
        *,
        status_code: int = 0,
        body: str = "",
        body_truncated: bool = False,
        headers: Mapping[str, str] | None = None,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(message or f"unexpected answer with HTTP status {status_code}", **common)
        self.status_code = status_code
        self.body = body
        self.body_truncated = body_truncated
        self.headers = dict(headers or {})

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {
            "status_code": detail.status_code,
            "body": detail.body,
            "body_truncated": detail.body_truncated,
            "headers": detail.headers,
        }


class OutcomeUnknown(_Detailed):
    """A write was sent and no answer came: it may have been carried out.

    It stands for an answer that got lost between Polar and the service, and likewise for one that got lost between the
    service and this program (a broken connection, a deadline). retry_safe is true for an update, and for a create,
    which leaves at worst an open checkout that expires unused. It is false for a confirm: read the checkout first, and
    confirm again only if it is still open after a while.
    """

    operation: str
    """Name of the method, such as "ConfirmClientCheckout"."""

    def __init__(self, message: str = "", *, operation: str = "", detail: str = "", **common: Unpack[Common]) -> None:
        common.setdefault("retry_safe", False)
        super().__init__(message, detail=detail, **common)
        self.operation = operation

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {"operation": detail.operation, "retry_safe": detail.retry_safe, "detail": detail.detail}


class ConfirmOutcomeUnknown(_Detailed):
    """A confirm was held back: it could charge the buyer twice.

    An earlier one of the same checkout, with another confirmation token, was sent and its outcome is not known. Read
    the checkout; if it is still open at lifts_at, confirm again.
    """

    lifts_at: datetime
    """When a confirm is let through again, UTC."""

    def __init__(
        self,
        message: str = "",
        *,
        lifts_at: datetime = _EPOCH,
        detail: str = "",
        **common: Unpack[Common],
    ) -> None:
        common.setdefault("retry_safe", False)
        super().__init__(message, detail=detail, **common)
        self.lifts_at = lifts_at

    @classmethod
    def _fields_of(cls, detail: Any) -> dict[str, Any]:
        return {"lifts_at": detail.lifts_at.ToDatetime(timezone.utc), "detail": detail.detail}


class RequestIdReused(_Detailed):
    """The request_id was used for another checkout before. Use a new one; nothing was done."""


class RequestInProgress(_Detailed):
    """The same request_id is at work elsewhere and did not finish before the deadline.

    The same call, after a pause of retry_delay, gives the same checkout.
    """
