/**
 * Preforking: several server processes share the ports with SO_REUSEPORT. {@link
 * io.upper.prefork.Supervisor} keeps them running; {@link io.upper.prefork.ServerProcess} is one of
 * them as its supervisor sees it.
 */
package io.upper.prefork;
