/**
 * PEM files, and a certification authority for development and tests, using the JDK only.
 *
 * <p>{@link io.upper.cert.PemFile} reads certificates and keys for servers and clients; {@link
 * io.upper.cert.PemContents} describes them, and {@link io.upper.cert.ServerCheck} says what is
 * wrong with them.
 *
 * <p>{@link io.upper.cert.CertificateAuthority} writes four PEM files that Vert.x, OpenSSL and any
 * TLS client read: the authority's certificate and key, and those of a server called {@code
 * localhost}. The script {@code certs/generate.sh} creates the same files with OpenSSL, one
 * commented step at a time.
 */
package io.upper.cert;
