package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A TLS client: its {@link SSLSocket} trusts one certificate authority and verifies that the
 * server's certificate is for the requested host.
 *
 * <pre>
 * test -e certs/server-cert.pem || ./upper certs
 * ./upper lesson tls-server 2443
 * printf 'hello\nworld\n' | ./upper lesson tls-client localhost 2443
 * </pre>
 *
 * <p><b>Python:</b> {@code SSL_client.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A reply can be longer or shorter than its request, and it waits forever for a server that
 *       does not reply: {@code io.upper.client.StreamClient} computes the length and has a timeout.
 *   <li>Its errors are Java exceptions: {@code io.upper.client.ConnectFailure} explains them.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxTls}
 */
public final class TlsClient {

  public static void main(String[] args) throws IOException, GeneralSecurityException {
    String host = args.length > 0 ? args[0] : "localhost";
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 2443;
    SSLContext context = trusting(Path.of(args.length > 2 ? args[2] : "certs/ca-cert.pem"));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (SSLSocket server = (SSLSocket) context.getSocketFactory().createSocket(host, port)) {
      SSLParameters parameters = server.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // Else any host of the CA passes.
      server.setSSLParameters(parameters);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] request = line.getBytes(UTF_8);
        server.getOutputStream().write(request);
        byte[] reply = server.getInputStream().readNBytes(request.length);
        System.out.println("Reply is '" + new String(reply, UTF_8) + "'");
      }
    }
  }

  private static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(ca)) {
      CertificateFactory certificates = CertificateFactory.getInstance("X.509");
      store.setCertificateEntry("ca", certificates.generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
