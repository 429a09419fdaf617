package com.checkoutsvc.client;

/** What a create can be told. */
public final class CreateOptions extends RequestOptions<CreateOptions> {

  private String requestId = "";

  CreateOptions() {}

  @Override
  CreateOptions self() {
    return this;
  }

  /**
   * Makes the call idempotent: a name of your own for this purchase, at most 255 bytes, such as a
   * UUID. The same name with the same checkout gives the first answer again until shortly before
   * that checkout expires; with another checkout it is {@link RequestIdReused}.
   */
  public CreateOptions requestId(String name) {
    requestId = name;
    return this;
  }

  String requestId() {
    return requestId;
  }
}
