"""What the tests share: a running checkoutsvc, the emulator behind it, and Polar's SDK pointed at the service.

The Go test starts the service and says by environment where it is:
  REST_URL      a service that holds its own Polar token (the default)
  CALLER_URL    one with --credentials=caller --other-paths=forward, on the same emulator
  ASKING_URL    one that asks who calls; the token "caller-token" may only read
  EMULATOR_URL  the Polar behind both, for its set-up and control calls
"""

import json
import os
import time
import urllib.request

import pytest
from polar_sdk import Polar

TOKEN = "polar_oat_emulator"

# The emulator's demo catalogue.
ORGANIZATION = "0a000000-0000-4000-8000-000000000001"
HANDBOOK = "0b000000-0000-4000-8000-000000000001"  # $10.00 once
HANDBOOK_PRICE = "0c000000-0000-4000-8000-000000000010"
MEMBERSHIP = "0b000000-0000-4000-8000-000000000002"  # $15.00 a month
SAMPLER = "0b000000-0000-4000-8000-000000000003"  # free
DONATION = "0b000000-0000-4000-8000-000000000004"  # pay what you want, $20.00 suggested
TEAM_PLAN = "0b000000-0000-4000-8000-000000000005"  # $12.00 a seat and month
WORKSHOP = "0b000000-0000-4000-8000-000000000006"  # monthly, 14 days of trial
POSTER = "0b000000-0000-4000-8000-000000000007"  # USD 10.00, EUR 9.00, GBP 8.00
HALF = "0d000000-0000-4000-8000-000000000001"  # code HALF
ADA = "0e000000-0000-4000-8000-000000000001"  # ada@example.com, external id ada

ADDRESS = {"country": "GB", "line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4JH"}


class Emulator:
    """The Polar behind the service: its own calls to set it up, and its control calls."""

    def __init__(self, url: str):
        self.url = url

    def call(self, method: str, path: str, body: dict | None = None):
        """Makes one call and returns the decoded answer."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer " + TOKEN},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def control(self, method: str, path: str, body: dict | None = None):
        """Makes a control call, which does what no call of Polar's can."""
        return self.call(method, "/_emulator/" + path, body or {})

    def next(self, **fault):
        """Scripts the next answers: status, headers, body, delay, cut, count, ..."""
        self.control("POST", "next", fault)

    def subscribe(self, customer: str, product: str = MEMBERSHIP) -> str:
        """Gives a customer an active subscription and returns its id."""
        return self.control("POST", "subscriptions", {"customer_id": customer, "product_id": product})["id"]


@pytest.fixture(scope="session")
def rest_url() -> str:
    return os.environ["REST_URL"]


@pytest.fixture(scope="session")
def caller_url() -> str:
    return os.environ["CALLER_URL"]


@pytest.fixture(scope="session")
def asking_url() -> str:
    return os.environ["ASKING_URL"]


@pytest.fixture
def emulator():
    """The emulator as it was at its start."""
    control = Emulator(os.environ["EMULATOR_URL"])
    control.control("POST", "reset")
    return control


@pytest.fixture(scope="session")
def sdk(rest_url):
    """Polar's SDK with one thing changed: the URL."""
    with Polar(access_token=TOKEN, server_url=rest_url) as polar:
        yield polar


@pytest.fixture
def polar(sdk, emulator):
    """The same, on an emulator that is as it was at its start."""
    return sdk


@pytest.fixture
def checkout(polar):
    """An open session for the Handbook."""
    return polar.checkouts.create(request={"products": [HANDBOOK], "customer_email": "buyer@example.com"})


def confirm_body(**more) -> dict:
    """A confirm that the demo organization accepts."""
    return {"confirmation_token_id": "ctoken_test", "customer_email": "buyer@example.com", "customer_billing_address": ADDRESS, **more}


def eventually(read, wanted, timeout=10.0):
    """Reads until the answer is wanted, for what Polar does in the background, and returns it."""
    deadline = time.monotonic() + timeout
    while True:
        answer = read()
        if wanted(answer):
            return answer
        assert time.monotonic() < deadline, f"still {answer} after {timeout} s"
        time.sleep(0.05)
