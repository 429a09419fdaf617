package com.checkoutsvc.client;

/** Says that the request_id was used for another checkout before. Nothing was done. */
public final class RequestIdReused extends CheckoutsvcError {

  RequestIdReused(Failure failure, String detail) {
    super(failure, detail);
  }
}
