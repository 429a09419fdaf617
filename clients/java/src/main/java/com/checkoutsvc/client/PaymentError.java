package com.checkoutsvc.client;

/**
 * Says that the payment was refused; the checkout is still open. Ask the buyer for another payment
 * method and confirm with a new confirmation token. The detail may be shown to the buyer.
 */
public final class PaymentError extends CheckoutsvcError {

  PaymentError(Failure failure, String detail) {
    super(failure, detail);
  }
}
