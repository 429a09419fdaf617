package com.checkoutsvc.client;

/**
 * Says that there is no such checkout, or that it belongs to another organization. Check the id or
 * secret; don't repeat the call.
 */
public final class ResourceNotFound extends CheckoutsvcError {

  ResourceNotFound(Failure failure, String detail) {
    super(failure, detail);
  }
}
