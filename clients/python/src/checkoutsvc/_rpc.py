"""The seven calls: their messages, their deadlines, and what repeating one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import Message

from checkoutsvc.v1 import (
    Checkout,
    CheckoutPublic,
    CheckoutPublicConfirmed,
    ConfirmClientCheckoutRequest,
    CreateCheckoutRequest,
    GetCheckoutRequest,
    GetClientCheckoutRequest,
    ListCheckoutsRequest,
    ListCheckoutsResponse,
    UpdateCheckoutRequest,
    UpdateClientCheckoutRequest,
)

SERVICE = "polar.checkouts.v1.CheckoutService"

Req = TypeVar("Req", bound=Message)
Res = TypeVar("Res", bound=Message)


@dataclass(frozen=True)
class Rpc(Generic[Req, Res]):
    """One of the calls."""

    name: str
    request: type[Req]
    response: type[Res]
    writes: bool = False
    repeatable: bool = True
    """Whether sending it again does no harm, even if it was carried out."""
    timeout: float = 30.0
    """Deadline in seconds, unless the caller has another one."""

    @property
    def path(self) -> str:
        """Gives the name by which gRPC calls it."""
        return f"/{SERVICE}/{self.name}"


# The service sees a create or confirm through for 60 seconds once it is written to Polar; the caller waits for that.
LONG = 65.0

LIST = Rpc("ListCheckouts", ListCheckoutsRequest, ListCheckoutsResponse)
CREATE = Rpc("CreateCheckout", CreateCheckoutRequest, Checkout, writes=True, timeout=LONG)
GET = Rpc("GetCheckout", GetCheckoutRequest, Checkout)
UPDATE = Rpc("UpdateCheckout", UpdateCheckoutRequest, Checkout, writes=True)
CLIENT_GET = Rpc("GetClientCheckout", GetClientCheckoutRequest, CheckoutPublic)
CLIENT_UPDATE = Rpc("UpdateClientCheckout", UpdateClientCheckoutRequest, CheckoutPublic, writes=True)
CLIENT_CONFIRM = Rpc(
    "ConfirmClientCheckout",
    ConfirmClientCheckoutRequest,
    CheckoutPublicConfirmed,
    writes=True,
    repeatable=False,
    timeout=LONG,
)

ALL = (LIST, CREATE, GET, UPDATE, CLIENT_GET, CLIENT_UPDATE, CLIENT_CONFIRM)
READS = tuple(rpc for rpc in ALL if not rpc.writes)
