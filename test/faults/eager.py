"""Calls of Polar's SDK that repeat whatever the SDK can repeat, and give up waiting after a second each time.

Reads a JSON list of jobs {"url", "key", "about"}: with a key a create of the product, without one a confirm of the client
secret. Makes the creates twice in a row, all jobs at once, and prints for each job how its calls ended.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
from polar_sdk import Polar, models
from polar_sdk.utils import BackoffStrategy, RetryConfig

EAGER = RetryConfig("backoff", BackoffStrategy(50, 200, 1.5, 6000), True)


def call(polar: Polar, job: dict):
    if job["key"]:
        return polar.checkouts.create(request={"products": [job["about"]]}, http_headers={"Idempotency-Key": job["key"]})
    return polar.checkouts.client_confirm(client_secret=job["about"], checkout_confirm_stripe={"confirmation_token_id": "ctoken_hold"})


def ending(job: dict) -> dict:
    with Polar(access_token="unused", server_url=job["url"], retry_config=EAGER, timeout_ms=1000) as polar:
        try:
            return {"ok": True, "id": call(polar, job).id}
        except models.PolarError as error:
            return {"ok": False, "raised": f"{type(error).__name__} {error.status_code}"}
        except httpx.TransportError as error:
            return {"ok": False, "raised": type(error).__name__}


def main(jobs: list[dict]) -> list[list[dict]]:
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(lambda job: [ending(job) for _ in range(2 if job["key"] else 1)], jobs))


print(json.dumps(main(json.load(sys.stdin))))
