/**
 * Clients of the service: {@link io.upper.client.UpperClient} asks and gets the reply, over a
 * stream ({@link io.upper.client.StreamClient}) or datagrams ({@link
 * io.upper.client.DatagramClient}); {@link io.upper.client.ClientVerticle} asks what its
 * configuration lists.
 */
package io.upper.client;
