"""Plays test/scenario of the repository, what the clients of all languages do alike, against a real service."""

from __future__ import annotations

import json
import os
import re
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fake import Connector
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from checkoutsvc import CheckoutsvcError, is_final, is_paid, unmodelled, values
from checkoutsvc.v1 import CheckoutStatus

ADDRESS = os.environ.get("CHECKOUTSVC_ADDRESS", "")
EMULATOR = os.environ.get("CHECKOUTSVC_EMULATOR", "")
TOKEN = os.environ.get("CHECKOUTSVC_TOKEN") or None
SCENARIO: dict[str, Any] = {"cases": [], "variables": {}}
if ADDRESS:
    SCENARIO = json.loads(Path(os.environ["CHECKOUTSVC_SCENARIO"]).read_text("utf-8"))
SCALARS = {"metadata", "customer_metadata", "custom_field_data"}
STEP_OF_POLAR = {"polar", "body", "save"}
STEP = {"call", "id", "client_secret", "fields", "clear", "request_id", "retries", "timeout_ms", "take", "client"}
STEP |= {"accept_second_charge_risk", "expect", "save"}
CONNECTION = {"address", "token", "timeout_ms"}
EXPECT = {"answer", "metadata", "custom_field_data", "unmodelled", "paid", "final", "count", "error"}
ERROR = {"class", "method", "code", "domain", "reason", "message", "http_status", "violations", "metadata"}
ERROR |= {"retry_delay_ms", "retry_safe", "fields"}

pytestmark = pytest.mark.skipif(not ADDRESS, reason="CHECKOUTSVC_ADDRESS is not set")


@pytest.mark.parametrize("case", SCENARIO["cases"], ids=lambda case: case["name"])
def test_scenario(connector: Connector, case: dict[str, Any]) -> None:
    known(case, {"name", "needs", "steps"})
    if case.get("needs"):
        assert case["needs"] == "authentication"
        if TOKEN is None:
            pytest.skip("the service runs without authentication")
    player = Player(connector)
    player.polar({"polar": "POST /_emulator/reset"})
    for step in case["steps"]:
        player.play(expanded(step, player.variables))


class Player:
    """Plays steps with one client."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.variables: dict[str, str] = {"run": f"{time.time_ns():x}", **SCENARIO["variables"]}
        self.client = self.connect({})

    def connect(self, own: dict[str, Any]) -> Any:
        known(own, CONNECTION)
        timeout = own["timeout_ms"] / 1000 if "timeout_ms" in own else None
        return self.connector(own.get("address", ADDRESS), token=own.get("token", TOKEN), timeout=timeout)

    def play(self, step: dict[str, Any]) -> None:
        if "polar" in step:
            answer = self.polar(step)
        elif step["call"] == "list_all":
            return self.list_all(step)
        else:
            answer = self.call(step)
        for name, member in step.get("save", {}).items():
            self.variables[name] = answer[member]
            assert isinstance(answer[member], str)
        return None

    def polar(self, step: dict[str, Any]) -> Any:
        """Makes a call to the emulator, past the service."""
        known(step, STEP_OF_POLAR)
        method, _, path = step["polar"].partition(" ")
        headers = {"Authorization": "Bearer polar_oat_emulator", "Content-Type": "application/json"}
        body = json.dumps(step["body"]).encode() if "body" in step else None
        request = urllib.request.Request(EMULATOR + path, method=method, headers=headers, data=body)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or "null")

    def call(self, step: dict[str, Any]) -> Any:
        """Makes one of the seven calls."""
        known(step, STEP - {"take"})
        expect = known(step.get("expect", {}), EXPECT - {"count"})
        client = self.connect(step["client"]) if "client" in step else self.client
        try:
            answer = getattr(client, step["call"])(*key(step), **options(step))
        except CheckoutsvcError as error:
            if "error" not in expect:
                raise
            compare_error(expect["error"], error)
            return None
        assert "error" not in expect, f"no error, but {answer}"
        compare_answer(expect, answer)
        return as_json(answer)

    def list_all(self, step: dict[str, Any]) -> None:
        """Iterates over all pages, or over the first checkouts only."""
        known(step, {"call", "fields", "take", "expect"})
        expect = known(step["expect"], {"count", "error"})
        seen: list[str] = []
        failed = None
        try:
            for checkout in self.client.list_all(**options(step)):
                seen.append(checkout.id)
                if len(seen) == step.get("take"):
                    break
        except CheckoutsvcError as error:
            failed = error
        assert len(seen) == len(set(seen)) == expect.get("count", len(seen))
        assert (failed is not None) == ("error" in expect), failed
        if failed:
            compare_error(expect["error"], failed)


def known(given: dict[str, Any], words: set[str]) -> dict[str, Any]:
    """Fails on a word that nobody would look at."""
    assert set(given) <= words, set(given) - words
    return given


def expanded(step: dict[str, Any], variables: dict[str, str]) -> Any:
    return json.loads(re.sub(r"\$\{(\w+)\}", lambda reference: variables[reference[1]], json.dumps(step)))


def key(step: dict[str, Any]) -> list[str]:
    return [step[name] for name in ("id", "client_secret") if name in step]


def options(step: dict[str, Any]) -> dict[str, Any]:
    """Gives the keywords of a step's call."""
    given = {name: native_map(value) if name in SCALARS else value for name, value in step.get("fields", {}).items()}
    given |= dict.fromkeys(step.get("clear", ()))
    given |= {name: step[name] for name in ("request_id", "retries", "accept_second_charge_risk") if name in step}
    if "timeout_ms" in step:
        given["timeout"] = step["timeout_ms"] / 1000
    return given


def native_map(tagged: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: native(value) for name, value in tagged.items()}


def native(tagged: dict[str, Any]) -> Any:
    """Gives the Python value that a tagged one stands for."""
    ((kind, value),) = tagged.items()
    return {"string_value": str, "integer_value": int, "double_value": float, "bool_value": bool}[kind](value)


def as_json(message: Message) -> Any:
    return MessageToDict(message, preserving_proto_field_name=True)


def compare_answer(expect: dict[str, Any], answer: Any) -> None:
    if "answer" in expect:
        compare("answer", expect["answer"], as_json(answer))
    for member in ("metadata", "custom_field_data"):
        for name, tagged in expect.get(member, {}).items():
            got, want = values(getattr(answer, member))[name], native(tagged)
            assert (type(got), got) == (type(want), want), f"{member}[{name}]"
    for name, want in expect.get("unmodelled", {}).items():
        assert unmodelled(answer, name) == want, name
    if "paid" in expect:
        assert is_paid(answer) is expect["paid"]
    if "final" in expect:
        assert is_final(answer) is expect["final"]


def compare_error(want: dict[str, Any], error: CheckoutsvcError) -> None:
    known(want, ERROR)
    got = {name: getattr(error, name) for name in ("method", "domain", "reason", "message", "http_status")}
    got |= {
        "class": type(error).__name__,
        "code": error.code.name,
        "violations": [vars(violation) for violation in error.violations],
        "metadata": error.metadata,
        "retry_delay_ms": error.retry_delay * 1000,
        "retry_safe": error.retry_safe,
        "fields": {name: plain(name, getattr(error, name)) for name in want.get("fields", {})},
    }
    compare("error", want, got)


def plain(name: str, value: Any) -> Any:
    """Gives an error's own field as it would come out of JSON."""
    if name == "status":
        return CheckoutStatus.Name(value)
    if name == "items":
        return [as_json(item) for item in value]
    return value.isoformat() if name == "lifts_at" else value


def compare(path: str, want: Any, got: Any) -> None:
    """Fails where got is not what is wanted, by the rules of the scenario."""
    if isinstance(want, Mapping) and want:
        assert isinstance(got or {}, Mapping), f"{path} is {got!r}"
        for name, wanted in want.items():
            compare(f"{path}.{name}", wanted, (got or {}).get(name))
    elif isinstance(want, list) and isinstance(got, str):
        assert got in want, f"{path} is {got!r}, none of {want}"
    elif isinstance(want, list) and want:
        assert len(got or ()) == len(want), f"{path} is {got!r}"
        for index, wanted in enumerate(want):
            compare(f"{path}[{index}]", wanted, got[index])
    else:
        assert fits(want, got), f"{path} is {got!r}, not {want!r}"


def fits(want: Any, got: Any) -> bool:
    """Tells whether a single value is what is wanted."""
    if not want:
        return not got
    if want == "<any>":
        return bool(got)
    if isinstance(want, str) and want.startswith("~ "):
        return isinstance(got, str) and want[2:] in got
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    return bool(want == got or (isinstance(want, int | float) and got == str(want)))
