/**
 * The Java client of checkoutsvc: Polar's checkout sessions over gRPC.
 *
 * <p>{@link com.checkoutsvc.client.CheckoutsvcClient} has the seven methods of the service. Around
 * the generated messages of {@link com.checkoutsvc.client.v1} this package adds
 *
 * <ul>
 *   <li>connections with defaults that suit the service, a token, an organization, deadlines,
 *   <li>errors as unchecked exceptions by Polar's names, all of them a {@link
 *       com.checkoutsvc.client.CheckoutsvcError}; the messages in {@code v1} with the same names
 *       are what travels and can be left alone,
 *   <li>lists without page arithmetic ({@link com.checkoutsvc.client.CheckoutPages}),
 *   <li>updates that empty fields, without writing a mask ({@link
 *       com.checkoutsvc.client.UpdateOptions#clear(int...)}),
 *   <li>the questions that are easily answered wrongly ({@link
 *       com.checkoutsvc.client.Checkouts#isPaid}, {@link
 *       com.checkoutsvc.client.CheckoutsvcError#isRetrySafe}),
 *   <li>Java's own values in place of the value messages of metadata and custom fields ({@link
 *       com.checkoutsvc.client.Values}),
 *   <li>what Polar answers and this version has no field for ({@link
 *       com.checkoutsvc.client.Unmodelled}).
 * </ul>
 */
package com.checkoutsvc.client;
