"""The client of checkoutsvc: Polar's checkout sessions over gRPC.

    from checkoutsvc import connect, is_paid

    with connect("127.0.0.1:9090") as client:
        checkout = client.create_checkout(products=[product_id], metadata={"order": 7})
        print(checkout.url)

`connect` gives a Client with blocking calls, `connect_async` an AsyncClient with the same methods as coroutines. What
they take as keywords is checked and completed by editors; what they answer are the messages of checkoutsvc.v1. A failed
call raises CheckoutsvcError, or a subclass with the name that Polar gives the error.

A checkout that says CONFIRMED is not paid yet. Deliver when is_paid says so.
"""

from checkoutsvc._async_client import AsyncClient, connect_async
from checkoutsvc._client import Client, connect
from checkoutsvc._errors import (
    AlreadyActiveSubscriptionError,
    CheckoutCustomerDeleted,
    CheckoutCustomerExternalIdMismatch,
    CheckoutLocked,
    CheckoutsvcError,
    ConfirmOutcomeUnknown,
    DiscountRedemptionLimitReached,
    ExpiredCheckoutError,
    FieldViolation,
    HTTPValidationError,
    InvalidQuantityError,
    NoPricesForCurrencies,
    NotOpenCheckout,
    NotPermitted,
    OutcomeUnknown,
    PaymentError,
    PaymentNotReady,
    RateLimited,
    RequestIdReused,
    RequestInProgress,
    ResourceNotFound,
    SDKError,
    TaxCalculationTechnicalError,
    TokenError,
    TrialAlreadyRedeemed,
    Unauthorized,
)
from checkoutsvc._values import Value, is_final, is_paid, unmodelled, values
from checkoutsvc.v1 import Checkout, CheckoutPublic, CheckoutPublicConfirmed, CheckoutStatus

__all__ = [
    "AlreadyActiveSubscriptionError",
    "AsyncClient",
    "Checkout",
    "CheckoutCustomerDeleted",
    "CheckoutCustomerExternalIdMismatch",
    "CheckoutLocked",
    "CheckoutPublic",
    "CheckoutPublicConfirmed",
    "CheckoutStatus",
    "CheckoutsvcError",
    "Client",
    "ConfirmOutcomeUnknown",
    "DiscountRedemptionLimitReached",
    "ExpiredCheckoutError",
    "FieldViolation",
    "HTTPValidationError",
    "InvalidQuantityError",
    "NoPricesForCurrencies",
    "NotOpenCheckout",
    "NotPermitted",
    "OutcomeUnknown",
    "PaymentError",
    "PaymentNotReady",
    "RateLimited",
    "RequestIdReused",
    "RequestInProgress",
    "ResourceNotFound",
    "SDKError",
    "TaxCalculationTechnicalError",
    "TokenError",
    "TrialAlreadyRedeemed",
    "Unauthorized",
    "Value",
    "connect",
    "connect_async",
    "is_final",
    "is_paid",
    "unmodelled",
    "values",
]
