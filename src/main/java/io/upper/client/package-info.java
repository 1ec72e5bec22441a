/**
 * Clients of the service: {@link io.upper.client.UpperClient} sends a request and receives its
 * reply, over a stream ({@link io.upper.client.StreamClient}) or datagrams ({@link
 * io.upper.client.DatagramClient}); {@link io.upper.client.ClientVerticle} sends the messages of
 * its configuration.
 */
package io.upper.client;
