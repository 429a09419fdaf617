"""A service that asks who calls: the SDK's access token is the caller's, and a refusal is raised as Polar's own is."""

import os

import pytest
from conftest import SAMPLER
from polar_sdk import Polar, models


def raised(url: str, token: str | None, call):
    with Polar(access_token=token, server_url=url) as polar, pytest.raises(Exception) as caught:
        call(polar)
    return caught.value


def read(polar):
    polar.checkouts.list()


def create(polar):
    polar.checkouts.create(request={"products": [SAMPLER]})


def test_a_known_caller(asking_url, emulator):
    with Polar(access_token="caller-token", server_url=asking_url) as polar:
        assert polar.checkouts.list(limit=1).result.pagination.total_count == 0


@pytest.mark.parametrize(
    ("token", "at_polar", "call", "status"),
    [
        (None, None, read, 401),
        ("unknown", "polar_oat_unknown", read, 401),
        ("caller-token", "polar_oat_reader", create, 403),
    ],
)
def test_a_refused_caller(asking_url, emulator, token, at_polar, call, status):
    emulator.control("POST", "tokens", {"token": "polar_oat_reader", "scopes": ["checkouts:read"]})
    ours, polars = raised(asking_url, token, call), raised(os.environ["EMULATOR_URL"], at_polar, call)
    assert type(ours) is type(polars) is models.SDKError
    assert ours.status_code == polars.status_code == status
    assert ours.headers["www-authenticate"].startswith('Bearer realm="checkoutsvc"')
    error = ours.body.split('"')[3]
    assert error == polars.body.split('"')[3]


def test_buyers_need_no_token(asking_url, emulator):
    with Polar(server_url=asking_url) as polar, pytest.raises(models.ResourceNotFound):
        polar.checkouts.client_get(client_secret="polar_c_none")
