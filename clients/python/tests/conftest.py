from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake import Connector, FakeService, serve


@pytest.fixture(params=["sync", "async"])
def connector(request: pytest.FixtureRequest) -> Iterator[Connector]:
    """Makes blocking clients in one run of a test, and clients of asyncio in the other."""
    made = Connector(request.param)
    yield made
    made.close()


@pytest.fixture
def service() -> Iterator[FakeService]:
    fake = FakeService()
    server = serve(fake)
    yield fake
    server.stop(None).wait()


@pytest.fixture
def client(connector: Connector, service: FakeService) -> Any:
    return connector(service.address)
