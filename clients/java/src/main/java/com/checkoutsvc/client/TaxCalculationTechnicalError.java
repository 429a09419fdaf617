package com.checkoutsvc.client;

/**
 * Says that Polar could not compute the tax. Nothing was charged or stored; the same call may work
 * later.
 */
public final class TaxCalculationTechnicalError extends CheckoutsvcError {

  TaxCalculationTechnicalError(Failure failure, String detail) {
    super(failure, detail);
  }
}
