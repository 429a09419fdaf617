package com.checkoutsvc.client;

/**
 * One thing wrong with a request.
 *
 * @param field path of the field in the body or parameters, such as {@code
 *     customer_billing_address.country}; empty if the body as a whole is meant
 * @param description what is wrong, for developers
 */
public record FieldViolation(String field, String description) {}
