"""The README's code runs, in its order."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

import checkoutsvc

ADDRESS = os.environ.get("CHECKOUTSVC_ADDRESS")
TOKEN = os.environ.get("CHECKOUTSVC_TOKEN") or None


@pytest.mark.skipif(not ADDRESS, reason="CHECKOUTSVC_ADDRESS is not set")
def test_the_code_of_the_readme_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL))
    for name in ("connect", "connect_async"):
        monkeypatch.setattr(checkoutsvc, name, elsewhere(getattr(checkoutsvc, name)))
    exec(code.replace("order-7", f"order-{time.time_ns():x}"), {"__name__": "readme"})
    printed = capsys.readouterr().out
    assert re.search(r"^\S+ 7$", printed, re.MULTILINE)
    assert re.search(r"^https?://\S+$", printed, re.MULTILINE)


def elsewhere(connect: Any) -> Any:
    """Connects to the service of the test instead of the one on the usual port."""
    return lambda address, **options: connect(
        ADDRESS if address == "127.0.0.1:9090" else address, **{"token": TOKEN, **options}
    )
