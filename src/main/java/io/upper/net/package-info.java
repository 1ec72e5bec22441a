/**
 * Addresses and descriptors: {@link io.upper.net.Addresses} resolves and formats addresses, {@link
 * io.upper.net.Listeners} listens on all addresses of a host, {@link io.upper.net.FileDescriptors}
 * keeps descriptors in reserve.
 */
package io.upper.net;
