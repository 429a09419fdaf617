"""What a gRPC caller in another language gets: typed answers, and errors with all their details."""

import json
import re
import urllib.parse

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from conftest import ADDRESS, HANDBOOK, ROOT

RECORDINGS = ROOT / "testdata" / "polar" / "recordings"


# The operations, by method and path.
OPERATIONS = [
    ("GET", r"/v1/checkouts/", "ListCheckouts", None),
    ("POST", r"/v1/checkouts/", "CreateCheckout", None),
    ("GET", r"/v1/checkouts/([^/]+)", "GetCheckout", "id"),
    ("PATCH", r"/v1/checkouts/([^/]+)", "UpdateCheckout", "id"),
    ("GET", r"/v1/checkouts/client/([^/]+)", "GetClientCheckout", "client_secret"),
    ("PATCH", r"/v1/checkouts/client/([^/]+)", "UpdateClientCheckout", "client_secret"),
    ("POST", r"/v1/checkouts/client/([^/]+)/confirm", "ConfirmClientCheckout", "client_secret"),
]


def operation(method, path):
    """The RPC that a recorded request stands for and its key, None if there is none."""
    for wanted, pattern, name, key in OPERATIONS:
        match = re.fullmatch(pattern, path.split("?")[0])
        if match and method == wanted:
            return name, {key: urllib.parse.unquote(match[1])} if key else {}
    return None


def recorded_validation_errors():
    """Every 422 with a list that the real server was seen to answer to an operation, the largest first."""
    found = {}
    for file in sorted(RECORDINGS.glob("*.json")):
        for exchange in json.loads(file.read_text())["exchanges"]:
            request, response = exchange["request"], exchange["response"]
            called = operation(request["method"], request["path"])
            if called and response["status"] == 422 and isinstance(json.loads(response["body"])["detail"], list):
                found.setdefault(response["body"], called)
    return sorted(found.items(), key=lambda item: -len(item[0]))


ERRORS = recorded_validation_errors()


def details(error, *kinds):
    """The error's details of these types, one of each."""
    status = rpc_status.from_call(error)
    assert status is not None, f"the details are lost: {error}"
    assert status.code == error.code().value[0]
    for kind in kinds:
        packed = [any_ for any_ in status.details if any_.Is(kind.DESCRIPTOR)]
        assert len(packed) == 1, f"{len(packed)} of {kind.DESCRIPTOR.full_name} in {[a.type_url for a in status.details]}"
        message = kind()
        assert packed[0].Unpack(message)
        yield message


def test_the_recordings_hold_the_large_ones():
    assert len(ERRORS) > 200 and len(ERRORS[0][0]) > 12_000 and sum(len(body) > 8_192 for body, _ in ERRORS) >= 3


def test_every_recorded_422_arrives_typed(service, pb, control):
    """Also those of 12 KB: trailers over 8 KiB lose everything in this client, status code included."""
    for body, (name, key) in ERRORS:
        control("POST", "next", {"status": 422, "headers": {"Content-Type": "application/json"}, "body": body})
        with pytest.raises(grpc.RpcError) as raised:
            getattr(service, name)(getattr(pb, name + "Request")(**key))
        error, recorded = raised.value, json.loads(body)["detail"]
        assert error.code() is grpc.StatusCode.INVALID_ARGUMENT, error
        typed, bad, info = details(error, pb.HTTPValidationError, error_details_pb2.BadRequest, error_details_pb2.ErrorInfo)
        assert (info.domain, info.reason, info.metadata["http_status"]) == ("polar.sh", "HTTP_VALIDATION_ERROR", "422")
        assert_same_items(typed.detail, recorded)
        if not any(re.search(r"[\[(]", str(item["loc"][1:2])) for item in recorded):  # no labels of the three forms of create
            assert len(typed.detail) + typed.omitted_items == len(recorded)
        assert [v.field for v in bad.field_violations] == [item.field for item in typed.detail]
        assert all(v.description and v.reason for v in bad.field_violations)


def test_a_422_larger_than_any_recorded_arrives_typed(service, pb, control):
    items = [{"type": "string_too_long", "loc": ["body", "metadata", f"key{n}"], "msg": "too long", "input": "x" * 2000} for n in range(50)]
    body = json.dumps({"error": "RequestValidationError", "detail": items})
    control("POST", "next", {"status": 422, "headers": {"Content-Type": "application/json"}, "body": body})
    with pytest.raises(grpc.RpcError) as raised:
        service.CreateCheckout(pb.CreateCheckoutRequest())
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    (typed,) = details(raised.value, pb.HTTPValidationError)
    assert typed.detail[0].field == "metadata.key0"
    assert len(typed.detail) + typed.omitted_items == 50 and typed.omitted_items > 0


def assert_same_items(items, recorded):
    """What has been kept is what was recorded, in its order; the rest of a long list is counted, not sent."""
    assert items
    known = [(json.dumps(r["loc"]), r["type"]) for r in recorded]
    for item in items:
        key = (json.dumps(json.loads(item.loc)), item.type)
        assert key in known, f"{key} not left in {known}"
        at = known.index(key)
        assert item.msg and recorded[at]["msg"].startswith(item.msg.removesuffix("…"))
        known, recorded = known[at + 1 :], recorded[at + 1 :]


def test_a_purchase(service, pb):
    created = service.CreateCheckout(
        pb.CreateCheckoutRequest(
            checkout_create=pb.CheckoutCreate(
                products=[HANDBOOK],
                metadata={"cart": pb.MetadataInputValue(string_value="c-1"), "items": pb.MetadataInputValue(integer_value=2)},
            )
        )
    )
    assert (created.amount, created.currency, created.products[0].name) == (1000, "usd", "Handbook")
    assert created.metadata["items"].integer_value == 2
    body = pb.CheckoutConfirmStripe(confirmation_token_id="ctoken_hold", customer_email="grace@example.com", customer_billing_address=ADDRESS)
    confirmed = service.ConfirmClientCheckout(
        pb.ConfirmClientCheckoutRequest(client_secret=created.client_secret, checkout_confirm_stripe=body)
    )
    assert confirmed.customer_session_token.startswith("polar_cst_")
    read = service.GetCheckout(pb.GetCheckoutRequest(id=created.id))
    assert (read.status, read.customer_email) == (confirmed.status, "grace@example.com")
    page = service.ListCheckouts(pb.ListCheckoutsRequest(status=[read.status], limit=1))
    assert ([c.id for c in page.items], page.pagination.total_count) == ([created.id], 1)

    with pytest.raises(grpc.RpcError) as raised:
        service.UpdateClientCheckout(pb.UpdateClientCheckoutRequest(client_secret=created.client_secret))
    assert raised.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    typed, info = details(raised.value, pb.NotOpenCheckout, error_details_pb2.ErrorInfo)
    assert (typed.status, info.reason) == (read.status, "NOT_OPEN_CHECKOUT")


def test_not_found(service, pb):
    with pytest.raises(grpc.RpcError) as raised:
        service.GetCheckout(pb.GetCheckoutRequest(id=HANDBOOK))
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND
    (typed,) = details(raised.value, pb.ResourceNotFound)
    assert typed.detail == "Not found"


def test_rate_limiting_tells_when_to_come_back(service, pb, control):
    control("POST", "next", {"status": 429, "headers": {"Retry-After": "7"}})
    with pytest.raises(grpc.RpcError) as raised:
        service.ListCheckouts(pb.ListCheckoutsRequest())
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    (retry,) = details(raised.value, error_details_pb2.RetryInfo)
    assert retry.retry_delay.seconds == 7
