"""Imports the client, or measures how many calls a second it makes."""

import asyncio
import os
import sys
import threading
import time

from checkoutsvc import connect, connect_async

address = os.environ["CHECKOUTSVC_ADDRESS"]


def blocking(checkout: str, callers: int, seconds: float) -> int:
    counts = [0] * callers
    with connect(address) as client:
        client.get_checkout(checkout)
        end = time.monotonic() + seconds

        def call(caller: int) -> None:
            while time.monotonic() < end:
                client.get_checkout(checkout)
                counts[caller] += 1

        threads = [threading.Thread(target=call, args=(caller,)) for caller in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sum(counts)


async def concurrent(checkout: str, callers: int, seconds: float) -> int:
    async with connect_async(address) as client:
        await client.get_checkout(checkout)
        end = time.monotonic() + seconds

        async def call() -> int:
            count = 0
            while time.monotonic() < end:
                await client.get_checkout(checkout)
                count += 1
            return count

        return sum(await asyncio.gather(*(call() for _ in range(callers))))


if len(sys.argv) > 1:
    checkout, callers, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    if "asyncio" in sys.argv:
        print(asyncio.run(concurrent(checkout, callers, seconds)) / seconds)
    else:
        print(blocking(checkout, callers, seconds) / seconds)
else:
    connect(address).close()
