/**
 * Maps a stream's bytes to their uppercase, wherever the stream is cut.
 *
 * <ul>
 *   <li>{@link io.upper.text.TextCharset}: the charsets that can be configured.
 *   <li>{@link io.upper.text.Uppercase}: the service, and the mapping of one stream.
 *   <li>{@link io.upper.text.Word}: how constants of enums are named outside the code.
 * </ul>
 *
 * <p>Depends on java.base only and computes nothing at start-up: a child process can start with
 * these classes alone.
 */
package io.upper.text;
