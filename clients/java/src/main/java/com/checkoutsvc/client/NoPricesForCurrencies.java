package com.checkoutsvc.client;

/**
 * Says that the product has no price in a currency that the checkout can use. The merchant must
 * correct its prices.
 */
public final class NoPricesForCurrencies extends CheckoutsvcError {

  NoPricesForCurrencies(Failure failure, String detail) {
    super(failure, detail);
  }
}
