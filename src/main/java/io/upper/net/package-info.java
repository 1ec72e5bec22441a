/** Addresses: {@link io.upper.net.Addresses} resolves names and writes addresses. */
package io.upper.net;
