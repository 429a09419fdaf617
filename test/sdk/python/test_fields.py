"""Every field of every body that the SDK documents reaches Polar and is seen in the answer."""

import pytest
from polar_sdk import models

from conftest import ADA, ADDRESS, DONATION, HALF, HANDBOOK, HANDBOOK_PRICE, MEMBERSHIP, POSTER, TEAM_PLAN, WORKSHOP, confirm_body

FULL_ADDRESS = {**ADDRESS, "line2": "Flat 3", "state": None}

BUYER = {
    "custom_field_data": {"nickname": "G"},
    "customer_name": "Grace",
    "customer_email": "grace@example.com",
    "customer_billing_name": "Grace Ltd",
    "customer_billing_address": FULL_ADDRESS,
    "customer_tax_id": "GB980780684",
    "is_business_customer": True,
    "locale": "en",
}
MERCHANT = {
    "allow_discount_codes": False,
    "require_billing_address": True,
    "customer_ip_address": "203.0.113.7",
    "customer_metadata": {"tier": "gold", "since": 2024},
    "metadata": {"cart": "c-9", "n": 3, "f": 1.5, "b": False},
    "success_url": "https://shop.example.com/thanks",
    "return_url": "https://shop.example.com/cart",
    "embed_origin": "https://shop.example.com",
}

# No product takes all fields: what is bought, and the fields that go with it.
CREATES = {
    "a donation": {"products": [DONATION], "amount": 2500, "external_customer_id": "ext-1", **BUYER, **MERCHANT},
    "a trial": {"products": [WORKSHOP], "trial_interval": "week", "trial_interval_count": 3, "allow_trial": True},
    "seats": {"products": [TEAM_PLAN], "seats": 4, "min_seats": 2, "max_seats": 8},
    "a discount": {"products": [HANDBOOK], "discount_id": HALF, "customer_id": ADA},
    "a currency": {"products": [POSTER], "currency": "eur"},
}
UPDATES = {
    "a donation": (DONATION, {"amount": 700, "product_id": DONATION, **BUYER, **MERCHANT}),
    "a trial": (WORKSHOP, {"trial_interval": "month", "trial_interval_count": 2, "allow_trial": True}),
    "seats": (TEAM_PLAN, {"seats": 5}),
    "a discount": (HANDBOOK, {"discount_id": HALF, "product_id": HANDBOOK, "product_price_id": HANDBOOK_PRICE}),
    "a currency": (POSTER, {"currency": "eur"}),
}
BUYERS_UPDATES = {
    "a donation": (DONATION, {"amount": 900, "product_id": DONATION, **BUYER}),
    "seats": (TEAM_PLAN, {"seats": 6}),
    "a discount": (HANDBOOK, {"discount_code": "HALF", "product_id": HANDBOOK, "product_price_id": HANDBOOK_PRICE}),
}

# How an answer shows a field that it does not repeat as it was sent.
SHOWN = {
    "products": lambda answer, sent: [p.id for p in answer.products] == sent,
    "customer_tax_id": lambda answer, sent: "GB" + answer.customer_tax_id == sent,
    "customer_billing_address": lambda answer, sent: answer.customer_billing_address.model_dump(mode="json") == sent,
    "discount_code": lambda answer, sent: answer.discount.code == sent,
    "confirmation_token_id": lambda answer, sent: answer.payment_processor_metadata["intent_status"] == "succeeded",
}

pytestmark = pytest.mark.filterwarnings("ignore:.*DEPRECATED:DeprecationWarning")


@pytest.fixture(autouse=True)
def nickname(emulator):
    """A custom field that donations ask for."""
    field = emulator.call("POST", "/v1/custom-fields/", {"type": "text", "slug": "nickname", "name": "Nickname", "properties": {}})
    emulator.call("PATCH", f"/v1/products/{DONATION}", {"attached_custom_fields": [{"custom_field_id": field["id"], "required": False}]})


def assert_shown(answer, body):
    for name, sent in body.items():
        if name in SHOWN:
            assert SHOWN[name](answer, sent), f"{name}: sent {sent!r}, seen {getattr(answer, name, None)!r}"
        else:
            assert getattr(answer, name) == sent, name


@pytest.mark.parametrize("name", CREATES)
def test_create(polar, name):
    assert_shown(polar.checkouts.create(request=CREATES[name]), CREATES[name])


def test_create_with_prices_of_the_moment(polar):
    prices = {HANDBOOK: [{"amount_type": "fixed", "price_amount": 321, "price_currency": "usd"}]}
    created = polar.checkouts.create(request={"products": [HANDBOOK], "prices": prices})
    assert (created.amount, created.prices[HANDBOOK][0].price_amount) == (321, 321)


def test_create_for_a_subscription_to_upgrade(polar, emulator):
    customer = emulator.call("POST", "/v1/customers/", {"email": "member@example.com"})
    free = emulator.call("POST", "/v1/products/", {"name": "Free plan", "recurring_interval": "month", "prices": [{"amount_type": "free"}]})
    subscription = emulator.subscribe(customer["id"], free["id"])
    created = polar.checkouts.create(request={"products": [MEMBERSHIP], "subscription_id": subscription})
    assert (created.subscription_id, created.customer_email) == (subscription, "member@example.com")


@pytest.mark.parametrize("name", UPDATES)
def test_update(polar, name):
    product, body = UPDATES[name]
    created = polar.checkouts.create(request={"products": [product]})
    assert_shown(polar.checkouts.update(id=created.id, checkout_update=body), body)


@pytest.mark.parametrize("name", BUYERS_UPDATES)
def test_client_update(polar, name):
    product, body = BUYERS_UPDATES[name]
    created = polar.checkouts.create(request={"products": [product]})
    assert_shown(polar.checkouts.client_update(client_secret=created.client_secret, checkout_update_public=body), body)


@pytest.mark.parametrize("name", BUYERS_UPDATES)
def test_client_confirm(polar, name):
    product, fields = BUYERS_UPDATES[name]
    body = confirm_body(**{"customer_billing_address": FULL_ADDRESS, **fields})
    created = polar.checkouts.create(request={"products": [product]})
    assert_shown(polar.checkouts.client_confirm(client_secret=created.client_secret, checkout_confirm_stripe=body), body)


@pytest.mark.parametrize(
    "model, bodies, elsewhere",
    [
        (models.CheckoutCreate, CREATES.values(), {"prices", "subscription_id"}),
        (models.CheckoutUpdate, [body for _, body in UPDATES.values()], set()),
        # The SDK adds allow_trial: false to every buyer's body by itself (test_purchase.py).
        (models.CheckoutUpdatePublic, [body for _, body in BUYERS_UPDATES.values()], {"allow_trial"}),
        (models.CheckoutConfirmStripe, [confirm_body(**body) for _, body in BUYERS_UPDATES.values()], {"allow_trial"}),
        (models.AddressInput, [FULL_ADDRESS], set()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_field_is_left_out(model, bodies, elsewhere):
    documented = {field.alias or name for name, field in model.model_fields.items()}
    assert set().union(*bodies) | elsewhere == documented
