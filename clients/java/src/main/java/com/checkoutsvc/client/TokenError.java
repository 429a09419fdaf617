package com.checkoutsvc.client;

/**
 * Says that a token was refused or lacks the scope: by the service, if {@link #getDomain()} is
 * {@code checkoutsvc}, else by Polar. With the code UNAUTHENTICATED or PERMISSION_DENIED the caller
 * needs another token; with INTERNAL it was the service's own, and its operator must act.
 */
public final class TokenError extends CheckoutsvcError {

  private final String name;

  TokenError(Failure failure, com.checkoutsvc.client.v1.TokenError said) {
    super(failure, said.getErrorDescription());
    name = said.getError();
  }

  /**
   * Gives {@code invalid_token} or {@code insufficient_scope}; {@link #getDetail()} says it in a
   * sentence.
   */
  public String getName() {
    return name;
  }
}
