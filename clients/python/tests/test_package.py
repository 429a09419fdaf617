"""The package as it is installed: its version, its types, and generated code that holds together."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import typing
from importlib.metadata import metadata

import pytest

import checkoutsvc
from checkoutsvc import v1
from checkoutsvc.v1 import errors_pb2, fields

BODIES = ("CheckoutCreate", "CheckoutUpdate", "CheckoutUpdatePublic", "CheckoutConfirmStripe", "RetryConfig")


def test_it_brings_one_top_level_module_only() -> None:
    code = "import sys, checkoutsvc; print('polar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_its_metadata_says_what_an_index_shows() -> None:
    about = metadata("checkoutsvc")
    assert about["License-Expression"] == "Apache-2.0"
    assert about["License-File"] == "LICENSE"
    assert about["Requires-Python"] == ">=3.10"
    assert "pip install checkoutsvc" in about.json["description"]
    assert pkgutil.get_data("checkoutsvc", "py.typed") is not None


@pytest.mark.parametrize("name", [*BODIES, "ListCheckoutsRequest"])
def test_keywords_are_the_fields_of_the_messages(name: str) -> None:
    keywords = typing.get_type_hints(getattr(fields, f"{name}Fields"))
    wanted = set(getattr(v1, name).DESCRIPTOR.fields_by_name)
    assert set(keywords) == wanted - ({"retries"} if name == "ListCheckoutsRequest" else set())


def test_all_messages_are_at_hand_and_importable_by_their_modules() -> None:
    for name in v1.__all__:
        kind = getattr(v1, name)
        if isinstance(kind, type):
            assert getattr(importlib.import_module(kind.__module__), name) is kind


def test_every_error_of_the_api_has_a_class() -> None:
    for name in set(errors_pb2.DESCRIPTOR.message_types_by_name) - {"ValidationError"}:
        assert issubclass(getattr(checkoutsvc, name), checkoutsvc.CheckoutsvcError)
        assert getattr(checkoutsvc, name).__doc__
