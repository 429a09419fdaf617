"""Lists all checkout sessions, the way Polar's documentation shows it."""

import os

from polar_sdk import Polar

with Polar(
    access_token=os.environ["POLAR_ACCESS_TOKEN"],
    server="sandbox",
) as polar:
    page = polar.checkouts.list(organization_id=None, page=1, limit=2)
    while page is not None:
        for checkout in page.result.items:
            print(checkout.id, checkout.status.value, checkout.total_amount)
        page = page.next()
