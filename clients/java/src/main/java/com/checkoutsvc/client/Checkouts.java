package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutPublic;
import com.checkoutsvc.client.v1.CheckoutPublicConfirmed;
import com.checkoutsvc.client.v1.CheckoutStatus;

/** The questions about a checkout that are easily answered wrongly. */
public final class Checkouts {

  private Checkouts() {}

  /**
   * Tells whether a checkout is paid, or free and done: only then deliver. CONFIRMED is not paid:
   * the payment has begun, and if it fails the checkout is OPEN again (B 2.1).
   */
  public static boolean isPaid(CheckoutStatus status) {
    return status == CheckoutStatus.CHECKOUT_STATUS_SUCCEEDED;
  }

  /** Tells whether a checkout is paid; see {@link #isPaid(CheckoutStatus)}. */
  public static boolean isPaid(Checkout checkout) {
    return isPaid(checkout.getStatus());
  }

  /** Tells whether a checkout is paid; see {@link #isPaid(CheckoutStatus)}. */
  public static boolean isPaid(CheckoutPublic checkout) {
    return isPaid(checkout.getStatus());
  }

  /** Tells whether a checkout is paid; see {@link #isPaid(CheckoutStatus)}. */
  public static boolean isPaid(CheckoutPublicConfirmed checkout) {
    return isPaid(checkout.getStatus());
  }

  /**
   * Tells whether a checkout will never change its status again: it SUCCEEDED, EXPIRED or FAILED (B
   * 2.1). A status that this version does not know counts as not final.
   */
  public static boolean isFinal(CheckoutStatus status) {
    return switch (status) {
      case CHECKOUT_STATUS_SUCCEEDED, CHECKOUT_STATUS_EXPIRED, CHECKOUT_STATUS_FAILED -> true;
      default -> false;
    };
  }

  /**
   * Tells whether a checkout will never change its status again; see {@link
   * #isFinal(CheckoutStatus)}.
   */
  public static boolean isFinal(Checkout checkout) {
    return isFinal(checkout.getStatus());
  }

  /**
   * Tells whether a checkout will never change its status again; see {@link
   * #isFinal(CheckoutStatus)}.
   */
  public static boolean isFinal(CheckoutPublic checkout) {
    return isFinal(checkout.getStatus());
  }

  /**
   * Tells whether a checkout will never change its status again; see {@link
   * #isFinal(CheckoutStatus)}.
   */
  public static boolean isFinal(CheckoutPublicConfirmed checkout) {
    return isFinal(checkout.getStatus());
  }
}
