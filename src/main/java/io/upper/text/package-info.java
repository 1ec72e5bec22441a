/**
 * Bytes to the bytes of their uppercase, whatever way the stream is cut.
 *
 * <ul>
 *   <li>{@link io.upper.text.TextCharset}: the charsets that can be configured.
 *   <li>{@link io.upper.text.Uppercase}: the mapping of one stream.
 * </ul>
 *
 * <p>Nothing but the JDK's core is used, and nothing is computed at start-up: a child process may
 * start with these classes alone.
 */
package io.upper.text;
