"""From the arguments of a method to its request, and through the pages of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from checkoutsvc._fields import cleared, fill
from checkoutsvc.v1 import (
    ConfirmClientCheckoutRequest,
    CreateCheckoutRequest,
    GetCheckoutRequest,
    GetClientCheckoutRequest,
    ListCheckoutsRequest,
    RetryConfig,
    UpdateCheckoutRequest,
    UpdateClientCheckoutRequest,
)

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from checkoutsvc.v1 import Checkout, CheckoutUpdate, CheckoutUpdatePublic, ListCheckoutsResponse
    from checkoutsvc.v1.fields import RetryConfigFields

Retries: TypeAlias = "RetryConfig | RetryConfigFields | None"
"""How a call may be repeated towards Polar; None: by the service's own rules."""

_NONE: Mapping[str, object] = {}

# The most checkouts that Polar gives per page.
_MAX_LIMIT = 100


def listing(fields: Mapping[str, object], retries: Retries) -> ListCheckoutsRequest:
    """Makes the request for a page."""
    return _filled(ListCheckoutsRequest(), {**fields, "retries": retries})


def creation(fields: Mapping[str, object], request_id: str, retries: Retries) -> CreateCheckoutRequest:
    """Makes the request for a new checkout."""
    return _filled(CreateCheckoutRequest(), {"retries": retries, "request_id": request_id}, "checkout_create", fields)


def reading(id: str, retries: Retries) -> GetCheckoutRequest:
    """Makes the request to read a checkout."""
    return _filled(GetCheckoutRequest(), {"id": id, "retries": retries})


def client_reading(client_secret: str, retries: Retries) -> GetClientCheckoutRequest:
    """Makes the request to read a checkout as its buyer."""
    return _filled(GetClientCheckoutRequest(), {"client_secret": client_secret, "retries": retries})


def update(id: str, fields: Mapping[str, object], retries: Retries) -> UpdateCheckoutRequest:
    """Makes the request to change a checkout; None clears a field."""
    request = _filled(UpdateCheckoutRequest(), {"id": id, "retries": retries}, "checkout_update", fields)
    request.update_mask.paths.extend(_mask(request.checkout_update, fields))
    return request


def client_update(client_secret: str, fields: Mapping[str, object], retries: Retries) -> UpdateClientCheckoutRequest:
    """Makes the request to change a checkout as its buyer; None clears a field."""
    own = {"client_secret": client_secret, "retries": retries}
    request = _filled(UpdateClientCheckoutRequest(), own, "checkout_update_public", fields)
    request.update_mask.paths.extend(_mask(request.checkout_update_public, fields))
    return request


def confirmation(
    client_secret: str, fields: Mapping[str, object], accept_second_charge_risk: bool, retries: Retries
) -> ConfirmClientCheckoutRequest:
    """Makes the request to confirm a checkout."""
    own = {
        "client_secret": client_secret,
        "accept_second_charge_risk": accept_second_charge_risk,
        "retries": retries,
    }
    return _filled(ConfirmClientCheckoutRequest(), own, "checkout_confirm_stripe", fields)


Request = TypeVar("Request", bound="Message")


def _filled(
    request: Request, own: Mapping[str, object], body: str = "", fields: Mapping[str, object] = _NONE
) -> Request:
    """Fills a request and, if it has one, its body, which is there even if it is empty."""
    fill(request, own)
    if body:
        message: Message = getattr(request, body)
        message.SetInParent()
        fill(message, fields)
    return request


def _mask(body: CheckoutUpdate | CheckoutUpdatePublic, fields: Mapping[str, object]) -> list[str]:
    """Gives the update mask: nothing unless a field is to be cleared, else these and all that is set."""
    clear = cleared(type(body), fields)
    if not clear:
        return []
    return clear + [field.name for field, _ in body.ListFields() if field.name != "unmodelled_json"]


class Pages:
    """The way through a list: send `request` until it is None, giving each answer to `take`."""

    def __init__(self, request: ListCheckoutsRequest) -> None:
        # Every page counts against Polar's rate limit, so who asks for no size gets the largest.
        if not request.HasField("page") and not request.HasField("limit"):
            request.limit = _MAX_LIMIT
        self.request: ListCheckoutsRequest | None = request
        self._previous: set[str] = set()

    def take(self, response: ListCheckoutsResponse) -> list[Checkout]:
        """Gives what is new in a page and turns to the next one.

        Polar counts pages from the newest, so what slides from one page to the next was given already.
        """
        new = [checkout for checkout in response.items if checkout.id not in self._previous]
        self._previous = {checkout.id for checkout in response.items if checkout.id}
        self._turn(response.pagination.max_page)
        return new

    def _turn(self, last: int) -> None:
        if self.request is None:
            return
        page = max(self.request.page, 1)
        if page >= last:
            self.request = None
        else:
            self.request.page = page + 1
