"""From the status of a failed call to the error that the caller catches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from checkoutsvc import _errors as errors
from checkoutsvc.v1 import errors_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.any_pb2 import Any as Packed

    from checkoutsvc._rpc import Rpc

_STATUS_KEY = "grpc-status-details-bin"

# The details that are known, by the full names of their messages. Those of errors.proto have a class of the same name.
_DETAILS: dict[str, type[Message]] = {
    kind.DESCRIPTOR.full_name: kind
    for kind in (
        ErrorInfo,
        RetryInfo,
        BadRequest,
        *(getattr(errors_pb2, name) for name in errors_pb2.DESCRIPTOR.message_types_by_name if hasattr(errors, name)),
    )
}

# The codes with which a write can end although it was carried out, if the service did not give them.
_MAYBE_DONE = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
)

# How gRPC begins its text when it had no connection to send a call on; it has no other sign of that. Should these texts
# change, or a deadline pass before there is a connection, a write that was not sent counts as one that may have been:
# the safe side.
_NOT_SENT = (
    "failed to connect to all addresses",
    "connections to all backends failing",
    "errors resolving",
    "DNS resolution failed",
    "Failed to create channel",
    "empty address list",
)


def failure(rpc: Rpc[Any, Any], error: grpc.RpcError, target: str, timeout: float) -> errors.CheckoutsvcError:
    """Makes the error of a call that gRPC says failed. Target and timeout are for the advice in its message."""
    call: Any = error  # what a channel raises is the call as well
    code, text = call.code(), call.details() or ""
    common = errors.Common(method=rpc.name, code=code)
    named = _take(_status(call.trailing_metadata()), common)
    if code == grpc.StatusCode.UNAUTHENTICATED:
        text += "; connect(token=...) takes this program's token"
    if named:
        return _named(text, common, named)
    if not common.get("domain"):
        return _unanswered(rpc, text, common, target, timeout)
    # The service failed at a confirm in a way that this version has no name for: nobody can say what became of it.
    unclear = not rpc.repeatable and code in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)
    common["retry_safe"] = not unclear
    return errors.CheckoutsvcError(text, **common)


def _named(text: str, common: errors.Common, named: list[Message]) -> errors.CheckoutsvcError:
    """Makes an error of the service's. Behind it can stand an SDKError, Polar's answer as it came: then its cause."""
    named.sort(key=lambda detail: isinstance(detail, errors_pb2.SDKError))
    first, *others = [_class(detail)(text, **{**common, **_class(detail)._fields_of(detail)}) for detail in named]
    first.__cause__ = others[0] if others else None
    return first


def _unanswered(
    rpc: Rpc[Any, Any], text: str, common: errors.Common, target: str, timeout: float
) -> errors.CheckoutsvcError:
    """Makes an error of the connection, the deadline or something between: the service did not answer."""
    code = common["code"]
    sent = not text.startswith(_NOT_SENT)
    text += _advice(code, sent, target, timeout)
    if not (rpc.writes and sent and code in _MAYBE_DONE):
        return errors.CheckoutsvcError(text, **common)
    common["retry_safe"] = rpc.repeatable
    detail = f"sent to the service, which did not answer ({code.name})"
    return errors.OutcomeUnknown(f"{detail}: {text}", operation=rpc.name, detail=detail, **common)


def _advice(code: grpc.StatusCode, sent: bool, target: str, timeout: float) -> str:
    if not sent:
        return f"; is {target} the gRPC port of a running checkoutsvc, and do both sides want TLS or both not?"
    if code == grpc.StatusCode.DEADLINE_EXCEEDED:
        return f" after {timeout:g} s; timeout=... gives a call more time, if {target} can be reached at all"
    if code == grpc.StatusCode.UNIMPLEMENTED:
        return f"; is {target} a checkoutsvc, and as new as this client?"
    return ""


def _status(trailers: Iterable[tuple[str, str | bytes]] | None) -> Status | None:
    """Gives the status with its details, if the service sent one that can be read."""
    for key, value in trailers or ():
        if key == _STATUS_KEY and isinstance(value, bytes):
            try:
                return Status.FromString(value)
            except DecodeError:
                return None
    return None


def _take(status: Status | None, common: errors.Common) -> list[Message]:
    """Notes what the details say in common, and gives those that name an error. Unknown ones stay in the status."""
    common["status_details"] = status
    named: list[Message] = []
    for packed in status.details if status else ():
        try:
            detail = _unpacked(packed)
        except DecodeError:
            continue
        if isinstance(detail, ErrorInfo):
            http_status = detail.metadata.get("http_status", "")
            common["domain"], common["reason"], common["metadata"] = detail.domain, detail.reason, detail.metadata
            common["http_status"] = int(http_status) if http_status.isdecimal() else 0
        elif isinstance(detail, RetryInfo):
            common["retry_delay"] = detail.retry_delay.ToTimedelta().total_seconds()
        elif isinstance(detail, BadRequest):
            common["violations"] = [errors.FieldViolation(v.field, v.description) for v in detail.field_violations]
        elif detail is not None:
            named.append(detail)
    return named


def _unpacked(packed: Packed) -> Message | None:
    name = packed.TypeName()
    kind = _DETAILS.get(name)
    return kind.FromString(packed.value) if kind else None


def _class(detail: Message) -> type[errors.CheckoutsvcError]:
    return getattr(errors, detail.DESCRIPTOR.name)  # type: ignore[no-any-return]
