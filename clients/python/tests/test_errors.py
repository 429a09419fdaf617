"""What a failed call raises."""

from __future__ import annotations

import pickle
import threading
from datetime import datetime, timezone
from typing import Any

import grpc
import pytest
from fake import Connector, FakeService, serve
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.error_details_pb2 import BadRequest, RetryInfo

import checkoutsvc
from checkoutsvc import (
    CheckoutLocked,
    CheckoutsvcError,
    ConfirmOutcomeUnknown,
    FieldViolation,
    HTTPValidationError,
    NotOpenCheckout,
    OutcomeUnknown,
    RateLimited,
    ResourceNotFound,
    SDKError,
    TokenError,
    is_paid,
    v1,
)
from checkoutsvc.v1 import CheckoutStatus, errors_pb2

Code = grpc.StatusCode
NAMED = sorted(set(errors_pb2.DESCRIPTOR.message_types_by_name) - {"ValidationError"})
UNANSWERED = (Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.CANCELLED, Code.INTERNAL, Code.UNKNOWN)
WRITES = ("create_checkout", "update_checkout", "update_client_checkout", "confirm_client_checkout")


def call(client: Any, method: str, **options: Any) -> Any:
    arguments = () if method in ("create_checkout", "list_checkouts") else ("x",)
    return getattr(client, method)(*arguments, **options)


@pytest.mark.parametrize("name", NAMED)
def test_each_error_of_the_api_is_a_class(client: Any, service: FakeService, name: str) -> None:
    service.fails(Code.FAILED_PRECONDITION, getattr(errors_pb2, name)(), reason="X")
    with pytest.raises(CheckoutsvcError) as raised:
        client.create_checkout()
    assert type(raised.value) is getattr(checkoutsvc, name)
    assert name in checkoutsvc.__all__


def test_an_error_has_what_the_service_says(client: Any, service: FakeService) -> None:
    service.fails(
        Code.FAILED_PRECONDITION,
        errors_pb2.NotOpenCheckout(detail="It is done.", status=CheckoutStatus.CHECKOUT_STATUS_SUCCEEDED),
        RetryInfo(retry_delay=Duration(seconds=1, nanos=500_000_000)),
        message="NotOpenCheckout: It is done.",
        reason="NOT_OPEN_CHECKOUT",
    )
    with pytest.raises(NotOpenCheckout) as raised:
        client.confirm_client_checkout("secret")
    error = raised.value
    assert (error.method, error.code, error.domain) == ("ConfirmClientCheckout", Code.FAILED_PRECONDITION, "polar.sh")
    assert (error.reason, error.http_status, error.retry_delay) == ("NOT_OPEN_CHECKOUT", 403, 1.5)
    assert (error.message, error.detail) == ("NotOpenCheckout: It is done.", "It is done.")
    assert error.metadata == {"http_status": "403"}
    assert error.retry_safe
    assert is_paid(error)
    assert str(error) == "ConfirmClientCheckout: FAILED_PRECONDITION: NotOpenCheckout: It is done."


def test_errors_have_their_own_fields(client: Any, service: FakeService) -> None:
    item = v1.ValidationError(field="products", msg="Field required", type="missing")
    violations = [BadRequest.FieldViolation(field="products", description="Field required")]
    service.fails(
        Code.INVALID_ARGUMENT,
        errors_pb2.HTTPValidationError(detail=[item], omitted_items=2),
        BadRequest(field_violations=violations),
        reason="HTTP_VALIDATION_ERROR",
    )
    with pytest.raises(HTTPValidationError) as invalid:
        client.create_checkout()
    assert (invalid.value.items, invalid.value.omitted_items) == ((item,), 2)
    assert invalid.value.violations == (FieldViolation("products", "Field required"),)

    service.fails(Code.RESOURCE_EXHAUSTED, errors_pb2.RateLimited(retry_after=3), reason="RATE_LIMITED")
    with pytest.raises(RateLimited) as limited:
        client.list_checkouts()
    assert limited.value.retry_after == 3

    service.fails(Code.INTERNAL, errors_pb2.TokenError(error="invalid_token", error_description="Bad"), reason="T")
    with pytest.raises(TokenError) as token:
        client.list_checkouts()
    assert (token.value.name, token.value.description) == ("invalid_token", "Bad")

    lifts = errors_pb2.ConfirmOutcomeUnknown(lifts_at=Timestamp(seconds=1_800_000_000), detail="held back")
    service.fails(Code.FAILED_PRECONDITION, lifts, reason="CONFIRM_OUTCOME_UNKNOWN")
    with pytest.raises(ConfirmOutcomeUnknown) as held:
        client.confirm_client_checkout("secret")
    assert held.value.lifts_at == datetime.fromtimestamp(1_800_000_000, timezone.utc)
    assert not held.value.retry_safe


def test_an_answer_behind_an_error_is_its_cause(client: Any, service: FakeService) -> None:
    service.fails(
        Code.UNKNOWN,
        errors_pb2.SDKError(status_code=504, body="late", headers={"a": "b"}),
        errors_pb2.OutcomeUnknown(operation="ConfirmClientCheckout", detail="no answer"),
        reason="OUTCOME_UNKNOWN",
    )
    with pytest.raises(OutcomeUnknown) as raised:
        client.confirm_client_checkout("secret")
    assert not raised.value.retry_safe
    cause = raised.value.__cause__
    assert isinstance(cause, SDKError)
    assert (cause.status_code, cause.body, cause.headers, cause.body_truncated) == (504, "late", {"a": "b"}, False)


def test_an_error_of_a_newer_service_keeps_what_is_known(client: Any, service: FakeService) -> None:
    novelty = Struct(fields={})
    service.fails(Code.FAILED_PRECONDITION, novelty, message="Novel: so it is", reason="NOVEL_ERROR")
    with pytest.raises(CheckoutsvcError) as raised:
        client.create_checkout()
    error = raised.value
    assert type(error) is CheckoutsvcError
    assert (error.code, error.reason, error.message) == (Code.FAILED_PRECONDITION, "NOVEL_ERROR", "Novel: so it is")
    assert error.status_details is not None
    assert error.status_details.details[1].Is(Struct.DESCRIPTOR)
    assert error.retry_safe


@pytest.mark.parametrize("status", [b"\xff", b"\x1a\x05\x0a\x01x\x12\xff"])
def test_a_status_that_cannot_be_read_leaves_code_and_message(client: Any, service: FakeService, status: bytes) -> None:
    service.fails_with(Code.NOT_FOUND, "gone", status)
    with pytest.raises(CheckoutsvcError) as raised:
        client.get_checkout("x")
    assert (raised.value.code, raised.value.message) == (Code.NOT_FOUND, "gone")


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("code", UNANSWERED)
def test_a_write_without_an_answer_is_unknown(
    client: Any, service: FakeService, method: str, code: grpc.StatusCode
) -> None:
    service.fails(code)
    with pytest.raises(OutcomeUnknown) as raised:
        call(client, method)
    assert raised.value.code == code
    assert raised.value.retry_safe == (method != "confirm_client_checkout")
    assert raised.value.operation == raised.value.method


def test_a_read_without_an_answer_is_not(client: Any, service: FakeService) -> None:
    service.fails(Code.UNKNOWN)
    with pytest.raises(CheckoutsvcError) as raised:
        client.get_checkout("x")
    assert type(raised.value) is CheckoutsvcError
    assert raised.value.retry_safe


def test_a_refusal_by_something_between_is_not_unknown(client: Any, service: FakeService) -> None:
    service.fails(Code.PERMISSION_DENIED)
    with pytest.raises(CheckoutsvcError) as raised:
        client.confirm_client_checkout("x")
    assert type(raised.value) is CheckoutsvcError
    assert raised.value.retry_safe


@pytest.mark.parametrize(("code", "safe"), [(Code.INTERNAL, False), (Code.UNKNOWN, False), (Code.ABORTED, True)])
def test_a_confirm_that_failed_in_an_unknown_way_is_not_safe(
    client: Any, service: FakeService, code: grpc.StatusCode, safe: bool
) -> None:
    service.fails(code, reason="NOVEL")
    with pytest.raises(CheckoutsvcError) as raised:
        client.confirm_client_checkout("x")
    assert raised.value.retry_safe is safe
    with pytest.raises(CheckoutsvcError) as raised:
        client.create_checkout()
    assert raised.value.retry_safe


@pytest.mark.parametrize("method", WRITES)
def test_a_write_that_was_not_sent_is_no_unknown_one(connector: Connector, method: str) -> None:
    client = connector("127.0.0.1:1")
    with pytest.raises(CheckoutsvcError, match=r"is 127\.0\.0\.1:1 the gRPC port") as raised:
        call(client, method)
    assert type(raised.value) is CheckoutsvcError
    assert (raised.value.code, raised.value.domain) == (Code.UNAVAILABLE, "")
    assert raised.value.retry_safe


def test_a_name_that_does_not_exist_is_no_unknown_write(connector: Connector) -> None:
    client = connector("dns:///checkoutsvc.invalid:1", tls=False)
    with pytest.raises(CheckoutsvcError) as raised:
        client.confirm_client_checkout("x")
    assert (type(raised.value), raised.value.code) == (CheckoutsvcError, Code.UNAVAILABLE)


def test_a_connection_that_breaks_under_a_write_leaves_it_unknown(connector: Connector) -> None:
    fake, arrived, release = FakeService(), threading.Event(), threading.Event()

    def answer(_: object, __: grpc.ServicerContext) -> Any:
        arrived.set()
        release.wait(10)
        return v1.CheckoutPublicConfirmed()

    fake.answer = answer
    server = serve(fake)
    breaker = threading.Thread(target=lambda: arrived.wait(10) and server.stop(0))
    breaker.start()
    with pytest.raises(OutcomeUnknown) as raised:
        connector(fake.address).confirm_client_checkout("x", timeout=10)
    assert not raised.value.retry_safe
    assert raised.value.code != Code.DEADLINE_EXCEEDED
    release.set()
    breaker.join()


def test_a_deadline_says_what_to_do(client: Any, service: FakeService) -> None:
    release = threading.Event()

    def answer(_: object, __: grpc.ServicerContext) -> Any:
        release.wait(10)
        return v1.Checkout()

    service.answer = answer
    with pytest.raises(CheckoutsvcError, match=r"after 0\.05 s; timeout=\.\.\. gives a call more time") as raised:
        client.get_checkout("x", timeout=0.05)
    assert raised.value.code == Code.DEADLINE_EXCEEDED
    with pytest.raises(OutcomeUnknown):
        client.create_checkout(timeout=0.05)
    release.set()


def test_errors_survive_pickling(client: Any, service: FakeService) -> None:
    service.fails(Code.ABORTED, errors_pb2.CheckoutLocked(detail="busy"), reason="CHECKOUT_LOCKED")
    with pytest.raises(CheckoutLocked) as raised:
        client.update_checkout("x")
    copy = pickle.loads(pickle.dumps(raised.value))
    assert type(copy) is CheckoutLocked
    assert (str(copy), copy.detail, copy.code) == (str(raised.value), "busy", Code.ABORTED)
    assert copy.status_details == raised.value.status_details


def test_errors_can_be_made_by_the_tests_of_others() -> None:
    error = ResourceNotFound(detail="Not found", code=Code.NOT_FOUND)
    assert (str(error), error.detail, error.code, error.retry_safe) == ("Not found", "Not found", Code.NOT_FOUND, True)
    assert not OutcomeUnknown(operation="ConfirmClientCheckout").retry_safe
    assert isinstance(error, CheckoutsvcError)
