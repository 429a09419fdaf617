"""Opens a checkout session and prints where the buyer pays, the way Polar's documentation shows it."""

import os
import sys

from polar_sdk import Polar

with Polar(
    access_token=os.environ["POLAR_ACCESS_TOKEN"],
    server="sandbox",
) as polar:
    checkout = polar.checkouts.create(request={"products": [sys.argv[1]], "metadata": {"source": "docs"}})
    print(checkout.url)
