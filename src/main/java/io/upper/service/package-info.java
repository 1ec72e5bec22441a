/**
 * What the server does with a request: bytes to bytes. One of the two extension points; the
 * built-in service is {@code uppercase}, {@link io.upper.text.Uppercase}.
 *
 * <ul>
 *   <li>{@link io.upper.service.Service}: the service of one conversation, and its contract.
 *   <li>{@link io.upper.service.ServiceFactory}: its word and settings; found by ServiceLoader.
 *   <li>{@link io.upper.service.ConfiguredService}: a service with its settings.
 * </ul>
 *
 * <p>Depends on java.base only: a child process can start with these classes alone.
 */
package io.upper.service;
