"""The client with blocking calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import grpc
from typing_extensions import Self, Unpack

from checkoutsvc import _requests as requests
from checkoutsvc import _rpc as rpc
from checkoutsvc._channel import Pem, Transport, metadata, open_channel
from checkoutsvc._failure import failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from checkoutsvc._requests import Retries
    from checkoutsvc._rpc import Req, Res, Rpc
    from checkoutsvc.v1 import Checkout, CheckoutPublic, CheckoutPublicConfirmed, ListCheckoutsResponse
    from checkoutsvc.v1.fields import (
        CheckoutConfirmStripeFields,
        CheckoutCreateFields,
        CheckoutUpdateFields,
        CheckoutUpdatePublicFields,
        ListCheckoutsRequestFields,
    )

Token: TypeAlias = "str | Callable[[], str] | None"  # noqa: S105
"""The bearer token of this program, or a function that gives it and is asked before each call."""


def connect(
    address: str,
    *,
    tls: bool | None = None,
    ca: Pem | None = None,
    certificate: Pem | None = None,
    key: Pem | None = None,
    token: Token = None,
    organization: str | None = None,
    timeout: float | None = None,
) -> Client:
    """Makes a client of the service at address. It does not connect yet: the first call does.

    Args:
        address: host:port, or a target in gRPC's syntax, such as "dns:///checkouts.internal:443".
        tls: None means plain text on this machine (loopback, Unix sockets) and TLS to any other. Plain text to another
            machine is to be asked for with False: client secrets and personal data are in the calls.
        ca: Certificates of the authorities to trust, instead of gRPC's own list.
        certificate: This program's certificate, where the service asks for one; with key.
        key: The key of the certificate.
        token: The bearer token of this program, or a function that gives it and is asked before each call.
        organization: Which organization is meant, for a service that keeps several.
        timeout: Deadline of each call in seconds. None: 30 for reads and updates, 65 for create and confirm.

    Raises:
        ValueError: The address is empty; tls, ca, certificate and key don't fit together; or the token would go to
            another machine in plain text.
        OSError: a file cannot be read.
    """
    channel = open_channel(address, Transport(tls, ca, certificate, key), secret=token is not None)
    client = Client(channel, token=token, organization=organization, timeout=timeout)
    client._target = address
    return client


class Client:
    """Calls one checkoutsvc, from any number of threads.

    `connect` makes one; Client itself takes a channel of your own. A failed call raises CheckoutsvcError, or the
    subclass with the name that Polar gives the error. Arguments that cannot be sent raise TypeError or ValueError.

    All methods take `retries`, how the call may be repeated towards Polar (None: by the service's own rules), and
    `timeout`, the deadline in seconds (None: the client's).
    """

    def __init__(
        self,
        channel: grpc.Channel,
        *,
        token: Token = None,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> None:
        self._channel = channel
        self._target = "the channel's target"
        self._token = token
        self._organization = organization
        self._timeout = timeout
        self._calls = {
            known.name: channel.unary_unary(known.path, known.request.SerializeToString, known.response.FromString)
            for known in rpc.ALL
        }

    def list_checkouts(
        self, *, retries: Retries = None, timeout: float | None = None, **fields: Unpack[ListCheckoutsRequestFields]
    ) -> ListCheckoutsResponse:
        """Lists one page of the checkouts that the filters in fields let pass.

        The newest come first unless sorted otherwise. A checkout that was just made may be missing for a moment.

        Raises:
            HTTPValidationError: Polar refused a filter.
        """
        return self._call(rpc.LIST, requests.listing(fields, retries), timeout)

    def list_all(
        self, *, retries: Retries = None, timeout: float | None = None, **fields: Unpack[ListCheckoutsRequestFields]
    ) -> Iterator[Checkout]:
        """Yields every checkout that the filters in fields let pass, fetching page after page while the loop goes on.

        It begins at `page` and keeps to `limit`; with neither it takes the largest pages, 100 checkouts. The timeout is
        that of each page. Polar counts pages from the newest, and the list can change between two of them: what slides
        to the next page because checkouts were added is yielded once; if checkouts drop out of the filter meanwhile, as
        many others can be missed.

        Raises:
            HTTPValidationError: Polar refused a filter; raised, as any other, by the loop.
        """
        return self._pages(requests.Pages(requests.listing(fields, retries)), timeout)

    def create_checkout(
        self,
        *,
        request_id: str = "",
        retries: Retries = None,
        timeout: float | None = None,
        **fields: Unpack[CheckoutCreateFields],
    ) -> Checkout:
        """Creates a checkout of fields, open for 24 hours.

        Send the buyer to its `url`, or build a form of your own with its `client_secret`. None is as good as absent.

        Args:
            request_id: A name of your own for this purchase, which makes the call idempotent: the same name with the
                same fields gives the first answer again.
            retries: How the call may be repeated towards Polar.
            timeout: Deadline in seconds.
            fields: Those of CheckoutCreate: products, amount, metadata, customer_email and so on.

        Raises:
            HTTPValidationError: Polar refused a field.
            OutcomeUnknown: It may have been created; trying again leaves at worst one open checkout too many.
            RequestIdReused: The request_id stands for another checkout.
            RequestInProgress: The same call is at work elsewhere.
        """
        return self._call(rpc.CREATE, requests.creation(fields, request_id, retries), timeout)

    def get_checkout(self, id: str, *, retries: Retries = None, timeout: float | None = None) -> Checkout:
        """Reads one checkout, whatever its status.

        Raises:
            ResourceNotFound: There is none.
        """
        return self._call(rpc.GET, requests.reading(id, retries), timeout)

    def update_checkout(
        self,
        id: str,
        *,
        retries: Retries = None,
        timeout: float | None = None,
        **fields: Unpack[CheckoutUpdateFields],
    ) -> Checkout:
        """Changes fields of an open checkout; amounts and tax are computed anew.

        What is absent stays as it is; None clears a field, and so does an empty mapping for metadata.

        Raises:
            ResourceNotFound: There is none.
            NotOpenCheckout: It is not open any more.
            CheckoutLocked: Another call is working on it.
            HTTPValidationError: Polar refused a field.
            OutcomeUnknown: It may have been changed; trying again does no harm.
        """
        return self._call(rpc.UPDATE, requests.update(id, fields, retries), timeout)

    def get_client_checkout(
        self, client_secret: str, *, retries: Retries = None, timeout: float | None = None
    ) -> CheckoutPublic:
        """Reads one checkout as its buyer.

        Raises:
            ResourceNotFound: There is none.
            ExpiredCheckoutError: It expired.
        """
        return self._call(rpc.CLIENT_GET, requests.client_reading(client_secret, retries), timeout)

    def update_client_checkout(
        self,
        client_secret: str,
        *,
        retries: Retries = None,
        timeout: float | None = None,
        **fields: Unpack[CheckoutUpdatePublicFields],
    ) -> CheckoutPublic:
        """Changes fields of an open checkout as its buyer; amounts and tax are computed anew.

        What is absent stays as it is; None clears a field.

        Raises:
            ExpiredCheckoutError: It expired.
            NotOpenCheckout: It is not open any more.
            CheckoutLocked: Another call is working on it.
            HTTPValidationError: Polar refused a field.
            OutcomeUnknown: It may have been changed; trying again does no harm.
        """
        return self._call(rpc.CLIENT_UPDATE, requests.client_update(client_secret, fields, retries), timeout)

    def confirm_client_checkout(
        self,
        client_secret: str,
        *,
        accept_second_charge_risk: bool = False,
        retries: Retries = None,
        timeout: float | None = None,
        **fields: Unpack[CheckoutConfirmStripeFields],
    ) -> CheckoutPublicConfirmed:
        """Confirms an open checkout: charges the buyer, or finishes it where nothing is due.

        The answer says that the payment has begun. Read the checkout until is_paid says so, or it is OPEN again because
        the payment failed.

        Args:
            client_secret: The checkout's client secret.
            accept_second_charge_risk: Confirms although an earlier confirm with another confirmation token has an
                unknown outcome, so that the buyer may be charged twice.
            retries: How the call may be repeated before it was written to Polar; afterwards it is never repeated.
            timeout: Deadline in seconds.
            fields: Those of CheckoutConfirmStripe: confirmation_token_id, customer_email and so on.

        Raises:
            PaymentError: The payment was refused; the checkout is still open.
            OutcomeUnknown: The buyer may have been charged. Never repeat the confirm blindly: read the checkout.
            ConfirmOutcomeUnknown: It was held back, because an earlier one has an unknown outcome.
            NotOpenCheckout: It is not open any more; its `status` says what to do.
        """
        request = requests.confirmation(client_secret, fields, accept_second_charge_risk, retries)
        return self._call(rpc.CLIENT_CONFIRM, request, timeout)

    def close(self) -> None:
        """Ends the connections. Calls under way fail."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<checkoutsvc.Client of {self._target}>"

    def _pages(self, pages: requests.Pages, timeout: float | None) -> Iterator[Checkout]:
        while pages.request is not None:
            response = self._call(rpc.LIST, pages.request, timeout)
            yield from pages.take(response)

    def _call(self, known: Rpc[Req, Res], request: Req, timeout: float | None) -> Res:
        limit = next(seconds for seconds in (timeout, self._timeout, known.timeout) if seconds is not None)
        token = self._token() if callable(self._token) else self._token
        sent = metadata(token, self._organization)
        try:
            response = self._calls[known.name](request, timeout=limit, metadata=sent)
        except grpc.RpcError as error:
            failed = failure(known, error, self._target, limit)
            raise failed from failed.__cause__
        return cast("Res", response)
