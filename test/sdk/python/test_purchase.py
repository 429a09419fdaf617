"""Sessions from create to success, through every operation of the SDK, synchronous and asynchronous."""

import asyncio
from datetime import datetime

import pytest
from polar_sdk import Polar, models

from conftest import ADDRESS, HALF, HANDBOOK, ORGANIZATION, TOKEN, WORKSHOP, confirm_body, eventually


def test_a_purchase_from_create_to_success(polar):
    created = polar.checkouts.create(
        request=models.CheckoutCreate(products=[HANDBOOK], discount_id=HALF, metadata={"cart": "c-1", "items": 2, "vip": True, "ratio": 0.5})
    )
    assert created.status == models.CheckoutStatus.OPEN
    assert (created.amount, created.discount_amount, created.net_amount) == (1000, 500, 500)
    assert created.metadata == {"cart": "c-1", "items": 2, "vip": True, "ratio": 0.5}
    assert isinstance(created.expires_at, datetime) and created.expires_at > created.created_at

    seen = polar.checkouts.client_get(client_secret=created.client_secret)
    assert (seen.id, seen.organization.id, seen.product.name) == (created.id, ORGANIZATION, "Handbook")

    updated = polar.checkouts.client_update(
        client_secret=created.client_secret,
        checkout_update_public={"customer_name": "Grace", "customer_email": "grace@example.com", "customer_billing_address": ADDRESS},
    )
    assert (updated.customer_name, updated.customer_billing_address.city) == ("Grace", "London")

    confirmed = polar.checkouts.client_confirm(
        client_secret=created.client_secret, checkout_confirm_stripe={"confirmation_token_id": "ctoken_test"}
    )
    assert confirmed.STATUS == "confirmed"
    assert confirmed.customer_session_token.startswith("polar_cst_")
    done = eventually(lambda: polar.checkouts.get(id=created.id), lambda c: c.status == models.CheckoutStatus.SUCCEEDED)
    assert done.customer_id == confirmed.customer_id is not None


def test_the_same_asynchronously(rest_url, emulator):
    async def purchase():
        async with Polar(access_token=TOKEN, server_url=rest_url) as polar:
            created = await polar.checkouts.create_async(request={"products": [HANDBOOK]})
            updated = await polar.checkouts.update_async(id=created.id, checkout_update={"metadata": {"async": True}})
            assert updated.metadata == {"async": True}
            seen, read = await asyncio.gather(
                polar.checkouts.client_get_async(client_secret=created.client_secret), polar.checkouts.get_async(id=created.id)
            )
            assert seen.id == read.id == created.id
            named = await polar.checkouts.client_update_async(
                client_secret=created.client_secret, checkout_update_public={"customer_name": "Grace"}
            )
            assert named.customer_name == "Grace"
            confirmed = await polar.checkouts.client_confirm_async(
                client_secret=created.client_secret, checkout_confirm_stripe=confirm_body()
            )
            assert confirmed.STATUS == "confirmed"
            page = await polar.checkouts.list_async(status=models.CheckoutStatus.CONFIRMED)
            with pytest.raises(models.ResourceNotFound):
                await polar.checkouts.get_async(id=HANDBOOK)
            return created.id, [c.id for c in page.result.items]

    created, listed = asyncio.run(purchase())
    assert listed == [created]


def test_null_clears_and_absent_keeps(polar):
    created = polar.checkouts.create(request={"products": [HANDBOOK], "discount_id": HALF, "customer_name": "Grace"})
    kept = polar.checkouts.update(id=created.id, checkout_update={"customer_email": "g@example.com"})
    assert (kept.discount_id, kept.customer_name) == (HALF, "Grace")
    cleared = polar.checkouts.update(id=created.id, checkout_update={"discount_id": None, "customer_name": None})
    assert (cleared.discount_id, cleared.customer_name, cleared.customer_email) == (None, None, "g@example.com")


def test_the_sdk_turns_trials_off_in_buyers_calls(polar):
    created = polar.checkouts.create(request={"products": [WORKSHOP]})
    assert created.trial_end is not None
    seen = polar.checkouts.client_update(client_secret=created.client_secret, checkout_update_public={"customer_name": "Grace"})
    assert (seen.allow_trial, seen.trial_end) == (False, None)
