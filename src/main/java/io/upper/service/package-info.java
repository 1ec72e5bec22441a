/**
 * What the server does with a request: bytes to bytes. One of the two things that others may add;
 * {@code uppercase}, the one built in, is {@link io.upper.text.Uppercase}.
 *
 * <ul>
 *   <li>{@link io.upper.service.Service}: the work of one conversation, and its contract.
 *   <li>{@link io.upper.service.ServiceFactory}: its word and settings; found by ServiceLoader.
 *   <li>{@link io.upper.service.ConfiguredService}: a service with its settings.
 * </ul>
 *
 * <p>Depends on java.base only: a child process can start with these classes alone.
 */
package io.upper.service;
