"""Connections with defaults that suit the service."""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

import grpc
from grpc import aio

from checkoutsvc._rpc import READS, SERVICE

Pem: TypeAlias = "bytes | str | os.PathLike[str]"
"""Certificates or a key: PEM as bytes, or the path of a file that holds it."""

# What the service takes from Polar. gRPC's own 4 MiB would refuse a full page of checkouts with many products.
_MAX_RECEIVE = 64 << 20

# The three reads, and only they, are repeated where the service could not be reached or could not reach Polar. Writes
# are repeated by nobody but the service.
_SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": SERVICE, "method": rpc.name} for rpc in READS],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 3,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
}


@dataclass(frozen=True)
class Transport:
    """What connect says about TLS."""

    tls: bool | None
    ca: Pem | None
    certificate: Pem | None
    key: Pem | None


def open_channel(address: str, transport: Transport, *, secret: bool) -> grpc.Channel:
    """Makes a channel for blocking calls. Secret tells whether a token will be sent on it."""
    credentials = _credentials(address, transport, secret)
    if credentials is None:
        return grpc.insecure_channel(address, _options(address))
    return grpc.secure_channel(address, credentials, _options(address))


def open_async_channel(address: str, transport: Transport, *, secret: bool) -> aio.Channel:
    """Makes a channel for asyncio. Secret tells whether a token will be sent on it."""
    credentials = _credentials(address, transport, secret)
    if credentials is None:
        return aio.insecure_channel(address, _options(address))
    return aio.secure_channel(address, credentials, _options(address))


def _credentials(address: str, transport: Transport, secret: bool) -> grpc.ChannelCredentials | None:
    """Gives what TLS needs, or None for plain text."""
    if not address:
        raise ValueError("the address is empty")
    files = (transport.ca, transport.key, transport.certificate)
    given = any(file is not None for file in files)
    if transport.tls is False and given:
        raise ValueError("tls=False, but there are certificates")
    if (transport.certificate is None) != (transport.key is None):
        raise ValueError("certificate and key belong together")
    local = is_local(address)
    if transport.tls is False and secret and not local:
        raise ValueError(f"{address} is another machine: a token is not sent there in plain text")
    if transport.tls is False or (transport.tls is None and not given and local):
        return None
    ca, key, certificate = map(_pem, files)
    return grpc.ssl_channel_credentials(ca, key, certificate)


def _pem(source: Pem | None) -> bytes | None:
    if source is None or isinstance(source, bytes):
        return source
    with open(source, "rb") as file:
        return file.read()


def _options(address: str) -> list[tuple[str, Any]]:
    options: list[tuple[str, Any]] = [
        # Keeps idle connections open through firewalls and notices a dead peer within 40 seconds. The service permits a
        # ping every 10 seconds.
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.max_receive_message_length", _MAX_RECEIVE),
        ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
        # Or a TXT record would be looked up, and could have writes repeated.
        ("grpc.service_config_disable_resolution", 1),
        ("grpc.primary_user_agent", _user_agent()),
    ]
    if is_local(address):
        options.append(("grpc.enable_http_proxy", 0))
    return options


def _user_agent() -> str:
    try:
        return f"checkoutsvc-python/{version('checkoutsvc')}"
    except PackageNotFoundError:
        return "checkoutsvc-python"


def is_local(target: str) -> bool:
    """Tells whether a target in gRPC's syntax stays on this machine."""
    scheme, _, rest = target.partition(":")
    if scheme in ("unix", "unix-abstract"):
        return True
    if scheme in ("ipv4", "ipv6"):
        return all(_is_loopback(address) for address in rest.split(","))
    if scheme == "dns":
        authority, _, endpoint = rest.removeprefix("//").partition("/") if rest.startswith("//") else ("", "", rest)
        return not authority and _is_loopback(endpoint)
    return _is_loopback(target)


def _is_loopback(endpoint: str) -> bool:
    host = endpoint
    if endpoint.startswith("["):
        host = endpoint[1:].partition("]")[0]
    elif endpoint.count(":") == 1:
        host = endpoint.partition(":")[0]
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def metadata(token: str | None, organization: str | None) -> tuple[tuple[str, str], ...]:
    """Gives what is sent with a call. What it raises does not show the token."""
    token, organization = _header("token", token), _header("organization", organization)
    sent = []
    if token:
        sent.append(("authorization", f"Bearer {token}"))
    if organization:
        sent.append(("polar-organization", organization))
    return tuple(sent)


def _header(what: str, value: str | None) -> str:
    """Gives a value as a header can hold it; the line break at the end of a file is nobody's intention."""
    value = (value or "").strip()
    if not (value.isascii() and value.isprintable()):
        raise ValueError(f"the {what} holds characters that cannot be sent")
    return value
